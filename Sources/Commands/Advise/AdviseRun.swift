import Analysis
import BuildModel
import Database
import Dockerfile
import Figures
import Foundation
import Reporting

/// Reads a Dockerfile and the recorded builds of it, and prints what is advised.
struct AdviseRun {
    let command: AdviseCommand
    /// A `.dockerignore` is read up to so many bytes.
    private static let ignoreLimit = 1 << 20

    init(_ command: AdviseCommand) { self.command = command }

    func run() async throws {
        let output = try Output(command.listing, showsAll: command.show == .findings)
        let (file, text) = try dockerfile()
        let ignore = try ignore()
        var builds: [Build] = []
        if !command.withoutBuilds {
            try await command.database.read { reader in builds = try await recordedBuilds(reader) }
            if builds.isEmpty {
                StandardError.line("no recorded build fits: only what the text shows is said")
            }
        }
        let report = advice(for: file, text: text, ignore: ignore, builds: builds)
        if let rewrite = command.rewrite { return try print(rewrite, of: report) }
        try print(report, output)
    }

    // MARK: What is read

    private func dockerfile() throws -> (Dockerfile, String) {
        let limit = DockerfileLimits().bytes
        let bytes = try Self.read(command.dockerfile, limit: limit)
        guard let bytes else { throw CommandFailure(.usage, "there is no file \(command.dockerfile)") }
        do {
            return (try Dockerfile(parsing: bytes), String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CommandFailure(.usage, "\(command.dockerfile): \(error.description)")
        }
    }

    /// What BuildKit would use: `<Dockerfile>.dockerignore` beside the file, else `.dockerignore` of the context.
    private func ignore() throws -> String? {
        let folder =
            command.context
            ?? URL(filePath: command.dockerfile).deletingLastPathComponent().path(percentEncoded: false)
        for path in [command.dockerfile + ".dockerignore", folder + "/.dockerignore"] {
            if let bytes = try Self.read(path, limit: Self.ignoreLimit) {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return nil
    }

    /// Nil when there is no such file.
    private static func read(_ path: String, limit: Int) throws -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file: FileHandle
        let bytes: Data
        do {
            file = try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw CommandFailure(.usage, "\(path) cannot be read: \(error.localizedDescription)")
        }
        guard bytes.count <= limit else { throw CommandFailure(.usage, "\(path) is larger than \(limit) bytes") }
        return bytes
    }

    /// Recorded builds, oldest first. Throws ``CommandFailure`` (usage) when they are of several Dockerfiles.
    private func recordedBuilds(_ reader: Reader) async throws -> [Build] {
        let builds = try await reader.database.builds(
            matching: BuildFilter(
                project: command.project, target: command.target, dockerfile: command.recordedAs,
                branch: command.branch, builder: command.builder, limit: command.last))
        try Self.demandOne(builds)
        return builds
    }

    /// Builds of one Dockerfile: those of one project with the same recorded file, or else the same target.
    static func demandOne(_ builds: [Build]) throws {
        let found = Set(
            builds.map { build in
                [
                    build.project.map { "--project \($0)" },
                    build.dockerfile.map { "--recorded-as \($0)" } ?? build.target.map { "--target \($0)" },
                ].compactMap { $0 }.joined(separator: " ")
            })
        guard found.count > 1 else { return }
        let choices = found.map { $0.isEmpty ? "one without a project" : $0 }.sorted()
        let more = choices.count > 6 ? ", and \(choices.count - 6) more" : ""
        throw CommandFailure(
            .usage,
            "the recorded builds are of several Dockerfiles; choose one: "
                + choices.prefix(6).map { TerminalText.harmless($0) }.joined(separator: ", ") + more)
    }

    // MARK: What is printed

    private func print(_ rewrite: AdviceRewrite, of report: DockerfileReport) throws {
        let text =
            switch rewrite {
            case .order: report.reordered
            case .manifests: report.rewrites.lazy.compactMap(\.rewritten).first
            }
        guard let text else {
            let reason =
                switch rewrite {
                case .order where report.orders.contains { !$0.missing.isEmpty }:
                    "no other order is shown to be better; not every instruction was observed"
                case .order: "no other order is better"
                case .manifests: "there is no installation that could be put before the sources by itself"
                }
            throw CommandFailure(.checkFailed, "nothing to rewrite: \(reason)")
        }
        if rewrite == .manifests, let assumption = report.rewrites.first(where: { $0.rewritten != nil })?.assumption {
            StandardError.line("this holds if \(assumption)")
        }
        try StandardOutput.write(text)
    }

    private func print(_ report: DockerfileReport, _ output: Output) throws {
        let listing = command.listing
        let table = try AdviceTable.table(command.show, of: report).filtered(listing.filter).sorted(listing.sort)
            .limited(listing.limit)
        if case .table = output.format { try StandardOutput.write(AdviceSummary.text(report) + "\n") }
        try output.print(
            Listing(
                table, shown: command.show.shown, headings: command.show.headings, identifier: command.show.identifier,
                members: AdviceJSON.members(report)))
    }
}
