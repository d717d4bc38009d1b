import ArgumentParser
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Commands

@Suite struct PlanRuleTests {
    private static func parse(_ arguments: [String]) throws -> PlanMakeCommand {
        try #require(try CommandLineTool.parse(["plan"] + arguments) as? PlanMakeCommand)
    }

    static let rules: [(arguments: [String], words: String?)] = [
        ([], nil), (["--tag", "nightly-.*"], "tag nightly-.*"), (["--keep-last", "0"], "beyond the last 0"),
        (
            ["--tag", "a", "--exclude-tag", "b", "--keep-last", "5", "--older-than", "30d", "--not-pulled-for", "12h"],
            "tag a, but not b, beyond the last 5, older than 30d, not pulled for 12h"
        ),
        (["--older-than", "8w"], "older than 56d"), (["--older-than", "90s"], "older than 90s"),
        (
            ["--untagged", "--superseded", "--orphans", "--dangling", "--broken"],
            "broken, dangling, orphans, superseded, untagged"
        ),
        (["--untagged", "--repository", "a/*", "--owner", "us"], "untagged"),
    ]

    @Test(arguments: rules.indices)
    func `options make one rule, named in its own words`(number: Int) throws {
        let (arguments, words) = Self.rules[number]
        #expect(try Self.parse(arguments).rules.rule()?.name == words)
    }

    @Test func `every option reaches the rule`() throws {
        let command = try Self.parse([
            "--repository", "a/*", "--repository", "b", "--owner", "us", "--tag", "x", "--exclude-tag", "y",
            "--keep-last", "3", "--older-than", "1d", "--not-pulled-for", "2d", "--broken", "--target", "20GiB",
            "--loss", "activity", "--garbage-collector", "distribution-3",
        ])
        var rule = CleanupRule(name: "tag x, but not y, broken, beyond the last 3, older than 1d, not pulled for 2d")
        rule.repositories = ["a/*", "b"]
        rule.owners = ["us"]
        (rule.tag, rule.excludedTag, rule.keepLast) = ("x", "y", 3)
        (rule.olderThan, rule.notPulledFor) = (86_400, 172_800)
        rule.kinds = [.broken]
        #expect(try command.rules.rule() == rule)
        #expect(command.target?.bytes == 20 << 30 && command.loss == .activity && command.collector == .distribution3)
    }

    static let mistakes: [(arguments: [String], words: String)] = [
        (["--repository", "a"], "say what may go there"), (["--owner", "us"], "say what may go there"),
        (["--exclude-tag", "a"], "say what may go there"), (["--tag", "("], "--tag: \"(\" is no regular expression"),
        (["--exclude-tag", "[", "--tag", "a"], "--exclude-tag: \"[\" is no regular expression"),
        (["--keep-last=-1"], "must not be negative"), (["--older-than", "soon"], "older-than"),
        (["--target", "lots", "--tag", "a"], "target"), (["--target=-1", "--tag", "a"], "target"),
        (["--tag", "a", "--garbage-collector", "magic"], "magic"),
        (["--tag", "a", "--yes"], "--yes goes with --apply"),
        (["--tag", "a", "--loss", "images"], "--loss goes with --target"),
        (["--tag", "a", "--tool", "crane"], "--tool goes with --format script"),
        (["--tag", "a", "--format", "script", "--tool", "wget"], "wget"),
        (["--tag", "a", "--format", "script", "--apply"], "not both"),
        (["--tag", "a", "--apply", "--source", "a", "--source", "b"], "the plan of one source"),
        (["--tag", "a", "--apply", "--limit", "3"], "make the whole plan"),
        (["--tag", "a", "--apply", "--filter", "repository=a"], "make the whole plan"),
        (["--tag", "a", "--format", "script", "--tool", "curl", "--limit", "3"], "make the whole plan"),
        (["--what-if", "a", "--tag", "b"], "it only asks"), (["--what-if", "a", "--target", "1GB"], "it only asks"),
        (["--what-if", "a", "--apply"], "it only asks"), (["--what-if", "a", "--format", "script"], "it only asks"),
        (["--what-if", ""], "needs a name"), (["--tag", "a", "--registry", "h"], "--registry goes with"),
        (["--tag", "a", "--apply", "--registry", "https://me:hunter2@h"], "must not hold credentials"),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake is refused before anything is read`(number: Int) {
        let (arguments, words) = Self.mistakes[number]
        let message = #expect(throws: ParserMessage.self) { try CommandLineTool.parse(["plan"] + arguments) }
        #expect(message?.status == ExitStatus.usage.rawValue)
        #expect(message?.text.contains(words) == true, "\(message?.text ?? "")")
        #expect(message?.text.contains("hunter2") != true)
    }

    @Test func `help leads from plan to the rules`() {
        let plan = Layerscope.helpMessage(for: PlanCommand.self, columns: 100)
        for words in ["layerscope plan make --help", "make (default)", "verify", "list", "without --apply"] {
            #expect(plan.contains(words), "\(words)")
        }
        let make = Layerscope.helpMessage(for: PlanMakeCommand.self, columns: 100)
        for words in [
            "RULES:", "--keep-last <count>", "--what-if <name>", "--target <size>", "--pinned <file>",
            "distribution-delete-untagged", "upper bound",
        ] { #expect(make.contains(words), "\(words)") }
    }
}
