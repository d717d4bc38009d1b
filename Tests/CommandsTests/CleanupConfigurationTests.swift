import ArgumentParser
import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Commands

@Suite struct CleanupConfigurationTests {
    private static func parse(_ yaml: String, file: String = "/srv/layerscope.yml") throws -> CleanupConfiguration {
        try Configuration.parse(yaml, file: file).cleanup
    }

    @Test func `every key is read`() throws {
        let folder = try ScratchFolder("cleanup")
        try folder.write(Data("team/keep:1.0\n".utf8), to: "pinned.txt")
        let hex = String(repeating: "ab", count: 32)
        let cleanup = try Self.parse(
            """
            cleanup:
              rules:
                - name: old nightlies
                  source: reg*
                  repository: [team-a/*, team-b/*]
                  owner: us
                  tag: nightly-(\\w+)-.*
                  exclude_tag: .*-keep
                  keep_last: 5
                  older_than: 30d
                  not_pulled_for: 90d
                - {repository: one, untagged: true, dangling: true, superseded: true, orphans: true, broken: true}
                - {tag: x, untagged: false}
              protect:
                - {repository: team-a/app, tag: 'v\\d+'}
                - {repository: team-b/*}
                - {digest: 'sha256:\(hex)'}
                - {digest: '\(hex)'}
                - {file: pinned.txt}
              garbage_collectors:
                - {source: build-*, kind: podman}
                - {source: '*', kind: distribution-delete-untagged}
            """, file: folder("layerscope.yml").path)
        var first = CleanupRule(name: "old nightlies")
        (first.repositories, first.owners) = (["team-a/*", "team-b/*"], ["us"])
        (first.tag, first.excludedTag, first.keepLast) = ("nightly-(\\w+)-.*", ".*-keep", 5)
        (first.olderThan, first.notPulledFor) = (30 * 86_400, 90 * 86_400)
        #expect(cleanup.rules.count == 3)
        #expect(cleanup.rules[0] == .init(source: "reg*", rule: first))
        #expect(cleanup.rules[0].applies(to: "registry") && !cleanup.rules[0].applies(to: "hub"))
        #expect(cleanup.rules[1].rule.kinds == Set(CleanupRule.Kind.allCases))
        #expect(cleanup.rules[1].rule.repositories == ["one"] && cleanup.rules[1].applies(to: "hub"))
        #expect(cleanup.rules[2].rule.name == "tag x" && cleanup.rules[2].rule.kinds.isEmpty)
        let digest = try Digest("sha256:" + hex)
        #expect(
            cleanup.protections == [
                .init(.tags(repository: "team-a/app", tag: "v\\d+"), name: "cleanup.protect[0]"),
                .init(.tags(repository: "team-b/*", tag: nil), name: "cleanup.protect[1]"),
                .init(.digest(digest), name: "cleanup.protect[2]"), .init(.digest(digest), name: "cleanup.protect[3]"),
                .init(.tags(repository: "team/keep", tag: "1\\.0"), name: "pinned.txt:1"),
            ])
        #expect(cleanup.collector(of: "build-1") == .podman)
        #expect(cleanup.collector(of: "registry") == .distributionDeleteUntagged)
        #expect(CleanupConfiguration().collector(of: "registry") == nil)
    }

    static let mistakes: [(yaml: String, line: Int, words: [String])] = [
        ("cleanup: text", 1, ["cleanup: must be keys and values"]),
        ("cleanup:\n  rule: []", 2, ["cleanup.rule", "did you mean rules?"]),
        ("cleanup:\n  rules: x", 2, ["cleanup.rules: must be a list"]),
        ("cleanup:\n  rules:\n    - {keep_lats: 5}", 3, ["cleanup.rules[0].keep_lats", "did you mean keep_last?"]),
        ("cleanup:\n  rules:\n    - tag: a\n      colour: b", 4, ["colour: unknown key"]),
        ("cleanup:\n  rules:\n    - {name: a}", 3, ["cleanup.rules[0]: selects nothing"]),
        ("cleanup:\n  rules:\n    - {repository: a}", 3, ["selects nothing"]),
        ("cleanup:\n  rules:\n    - {exclude_tag: a}", 3, ["selects nothing"]),
        ("cleanup:\n  rules:\n    - {untagged: false}", 3, ["selects nothing"]),
        ("cleanup:\n  rules:\n    - {untagged: perhaps}", 3, ["must be true or false"]),
        ("cleanup:\n  rules:\n    - {tag: '('}", 3, ["cleanup.rules[0].tag", "is no regular expression"]),
        ("cleanup:\n  rules:\n    - {tag: a, exclude_tag: '['}", 3, ["exclude_tag", "is no regular expression"]),
        ("cleanup:\n  rules:\n    - {keep_last: -1}", 3, ["from 0 to 1000000"]),
        ("cleanup:\n  rules:\n    - {older_than: 30}", 3, ["must be an age such as 12h, 30d or 2w"]),
        ("cleanup:\n  rules:\n    - {not_pulled_for: long}", 3, ["not_pulled_for: must be an age"]),
        ("cleanup:\n  rules:\n    - {tag: a, repository: [{}]}", 3, ["every entry must be text"]),
        ("cleanup:\n  rules:\n    - {tag: }", 3, ["must be text"]),
        ("cleanup:\n  protect:\n    - {tag: a}", 3, ["cleanup.protect[0]: needs either repository"]),
        ("cleanup:\n  protect:\n    - {repository: a, file: b}", 3, ["needs either repository"]),
        ("cleanup:\n  protect:\n    - {digest: 'sha256:ab'}", 3, ["is no digest"]),
        ("cleanup:\n  protect:\n    - {repository: a, tag: '('}", 3, ["is no regular expression"]),
        ("cleanup:\n  protect:\n    - {file: no-such-file}", 3, ["cleanup.protect[0].file: cannot be read"]),
        ("cleanup:\n  garbage_collectors:\n    - {source: a}", 3, ["kind: is missing"]),
        ("cleanup:\n  garbage_collectors:\n    - {kind: docker}", 3, ["source: is missing"]),
        ("cleanup:\n  garbage_collectors:\n    - {source: a, kind: dokcer}", 3, ["\"dokcer\" is none of distribution"]),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake is refused with key and line`(number: Int) {
        let (yaml, line, words) = Self.mistakes[number]
        let error = #expect(throws: ConfigurationError.self) { try Self.parse(yaml) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("/srv/layerscope.yml:\(line): "), "\(text)")
        for words in words { #expect(text.contains(words), "\(text)") }
    }
}
