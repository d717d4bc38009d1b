import Analysis
import BuildModel
import Dockerfile
import Figures
import Foundation
import ImageModel
import Reporting
import TestSupport
import Testing

@testable import Commands

@Suite struct AdviseTests {
    private static let text = "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN apk add --no-cache git\nRUN make\n"

    private static func build(
        project: String? = "acme/app", target: String? = nil, dockerfile: String? = nil
    ) -> Build {
        func step(_ text: String, _ outcome: StepOutcome, _ seconds: Int64) -> BuildStep {
            BuildStep(
                number: 1, kind: .instruction, name: text, instruction: String(text.prefix { $0 != " " }), text: text,
                outcome: outcome, duration: seconds * 1_000_000_000)
        }
        return Build(
            contentDigest: .of(Array("a".utf8)), form: .log, tool: .buildkit, project: project, target: target,
            dockerfile: dockerfile, result: .completed,
            steps: [
                step("WORKDIR /app", .hit, 0), step("COPY . .", .miss, 1),
                step("RUN apk add --no-cache git", .notProbed, 20), step("RUN make", .notProbed, 5),
            ])
    }

    /// The first of the builds, if there is one, finds nothing in the cache.
    private static func report(builds count: Int) throws -> DockerfileReport {
        var builds = Array(repeating: build(), count: count)
        if count > 0 { builds[0].steps[0].outcome = .miss }
        return advice(for: try Dockerfile(parsing: text), text: text, ignore: ".git", builds: builds)
    }

    @Test func `the summary says the order, what it gains, and over which builds`() throws {
        let lines = AdviceSummary.text(try Self.report(builds: 5)).split(separator: "\n").map(String.init)
        #expect(lines[0] == "5 recorded builds")
        #expect(lines[1] == "stage-0: lines 2 3 4 5 are better in the order 2 4 3 5")
        #expect(lines[2].hasPrefix("  expected for a rebuild: 2") && lines[2].hasSuffix(" s in that order"))
        #expect(lines[3] == "  it would have saved 80.0 s over 4 of 4 builds, those for which that can be told")
        #expect(lines.count == 4)
    }

    @Test func `what was not observed is named, and gives no number`() throws {
        let summary = AdviceSummary.text(try Self.report(builds: 0))
        #expect(summary.contains("stage-0: no better order is known\n"))
        #expect(summary.contains("  line 3: no recorded build shows how often it changes and how long it takes\n"))
        #expect(!summary.contains(" s "))
        let rows = AdviceTable.table(.instructions, of: try Self.report(builds: 0))
        #expect(rows.value(2, "change_rate") == .null && rows.value(2, "duration_seconds") == .null)
        #expect(rows.value(2, "observations") == .integer(0) && rows.value(0, "observations") == .null)
    }

    @Test func `tables hold lines, places, reasons and costs`() throws {
        let report = try Self.report(builds: 5)
        let instructions = AdviceTable.table(.instructions, of: report)
        #expect(
            (0..<5).map { instructions.value($0, "place") } == [
                .null, .integer(1), .integer(2), .integer(3), .integer(4),
            ])
        #expect(
            (0..<5).map { instructions.value($0, "proposed_place") }
                == [.null, .integer(1), .integer(3), .integer(2), .integer(4)])
        #expect(instructions.value(2, "changes") == .integer(4) && instructions.value(3, "changes") == .integer(0))
        let replay = AdviceTable.table(.replay, of: report)
        #expect(replay.rows.count == 4 && replay.value(0, "saved_seconds") == .real(20))
        #expect(replay.value(0, "changed_lines") == .list(["3"]))
        let dependencies = AdviceTable.table(.dependencies, of: report)
        #expect(dependencies.rows.contains { $0[1] == .integer(3) && $0[2] == .integer(5) })
        #expect(!dependencies.rows.contains { $0[1] == .integer(3) && $0[2] == .integer(4) })
        for subject in AdviceSubject.allCases {
            let table = AdviceTable.table(subject, of: report)
            #expect(table.rows.allSatisfy { $0.count == table.columns.count })
            for column in (subject.shown ?? []) { #expect(table.position(of: column) != nil, "\(column)") }
        }
    }

    @Test func `builds of several Dockerfiles are not mixed`() throws {
        try AdviseRun.demandOne([Self.build(), Self.build()])
        try AdviseRun.demandOne([Self.build(target: "a", dockerfile: "F"), Self.build(target: "b", dockerfile: "F")])
        for other in [Self.build(project: "b"), Self.build(target: "web"), Self.build(dockerfile: "web/Dockerfile")] {
            let failure = #expect(throws: CommandFailure.self) { try AdviseRun.demandOne([Self.build(), other]) }
            #expect(failure?.status == .usage && failure?.message.contains("--project acme/app") == true)
        }
    }

    @Test(arguments: [
        ["--without-builds", "--project", "a"], ["--last", "0"], ["--rewrite", "order", "--format", "json"],
        ["--show", "all"], ["--project", ""],
    ])
    func `what does not go together is wrong usage`(arguments: [String]) {
        #expect(throws: (any Error).self) { try CommandLineTool.parse(["advise", "Dockerfile"] + arguments) }
    }

    @Test func `the text alone needs no database`() async throws {
        let tool = try Tool(["LAYERSCOPE_DATABASE_URL": "postgresql://nowhere.invalid/x"])
        try tool.folder.write(Data("FROM debian\nWORKDIR /app\nCOPY . .\nRUN npm ci\n".utf8), to: "Dockerfile")
        let found = try await tool.run("advise", "Dockerfile", "--without-builds", "--format", "json")
        #expect(found.status == 0, "\(found.errors)")
        let rules = try found.rows().compactMap { $0["rule"] as? String }
        #expect(rules == ["unpinned-base", "whole-context", "no-cache-mount", "copy-manifests-first"])
        let rewrites = try found.json()["rewrites"] as? [[String: Any]]
        #expect(rewrites?.count == 1 && rewrites?[0]["saved_at_most_seconds"] is NSNull)
        let rewritten = try await tool.run("advise", "Dockerfile", "--without-builds", "--rewrite", "manifests")
        #expect(
            rewritten.output
                == "FROM debian\nWORKDIR /app\nCOPY package.json package-lock.json* /app/\nRUN npm ci\nCOPY . .\n")
        #expect(rewritten.errors.contains("this holds if npm needs no files but"))
        let nothing = try await tool.run("advise", "Dockerfile", "--without-builds", "--rewrite", "order")
        #expect(nothing.status == 1 && nothing.output.isEmpty)
        let missing = try await tool.run("advise", "Nothing", "--without-builds")
        #expect(missing.status == 64 && missing.errors.contains("there is no file Nothing"))
        try tool.folder.write(Data("RUN x\n".utf8), to: "Broken")
        let broken = try await tool.run("advise", "Broken", "--without-builds")
        #expect(broken.status == 64 && broken.errors.contains("Broken: dockerfile line 1"))
    }
}
