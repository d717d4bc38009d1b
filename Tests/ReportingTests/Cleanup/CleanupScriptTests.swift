import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Reporting

let shell = "/bin/sh"

/// Runs a script with `sh`; what it wrote, and its status.
func runScript(
    _ script: CleanupScript, environment: [String: String] = [:]
) async throws -> (text: String, status: Int) {
    let folder = try ScratchFolder("script")
    let file = try folder.write(Data(script.text.utf8), to: "clean.sh").path
    let output = try await Program.run(
        shell, ["-c", "\(shell) \"$0\" 2>&1; echo \"status $?\"", file], environment: environment)
    var lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    let status = Int(lines.popLast()?.dropFirst(7) ?? "") ?? -1
    return (lines.joined(separator: "\n"), status)
}

extension CleanupScript {
    static func collector(for tool: Tool) -> GarbageCollector {
        switch tool {
        case .docker: .docker
        case .podman: .podman
        default: .distribution
        }
    }

    static func make(_ tool: Tool, registry: String = "http://127.0.0.1:1", _ deletions: [Deletion]) throws
        -> CleanupScript
    {
        try CleanupScript(
            tool: tool, registry: tool.isEngine ? nil : registry, collector: collector(for: tool),
            deletions: deletions)
    }
}

@Suite struct CleanupScriptTests {
    private let digest = Digest.of(Array("x".utf8))
    /// Names that a shell, a terminal or an option parser could stumble over.
    private static let hostile = [
        "$(touch pwned)", "`touch pwned`", "a'; touch pwned; '", "a\ntouch pwned\n", "\"$HOME\"", "-rf", "a b", "*",
        "../../x", "\u{1b}[2Ja", "a\0b", "<none>", "",
    ]

    @Test(arguments: CleanupScript.Tool.allCases)
    func `hostile names reach no program`(tool: CleanupScript.Tool) async throws {
        let folder = try ScratchFolder("stubs")
        let record = folder("record").path
        for name in ["curl", "skopeo", "regctl", "crane", "docker", "podman"] {
            let stub = try folder.write(
                Data("#!/bin/sh\nprintf '<%s>' \"$@\" >>'\(record)'\nprintf 200\n".utf8), to: "bin/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stub.path)
        }
        let deletions = Self.hostile.flatMap { name in
            [
                CleanupScript.Deletion(action: .delete, repository: name, digest: digest, tags: ["1"]),
                CleanupScript.Deletion(action: .untag, repository: "app", digest: digest, tags: [name]),
            ]
        }
        let script = try CleanupScript.make(tool, deletions)
        let (text, status) = try await runScript(
            script, environment: ["PATH": folder("bin").path + ":/usr/bin:/bin"])
        #expect(status == 1)
        #expect(text.contains("\(deletions.count) failed"), "\(text)")
        #expect(!text.contains("\u{1b}"))
        let seen = (try? String(contentsOfFile: record, encoding: .utf8)) ?? ""
        // curl looks whether a registry is there, and that is all.
        #expect(seen.isEmpty || tool == .curl, "\(seen)")
        #expect(!seen.contains("pwned"))
    }

    @Test func `any text is one word of the shell`() async throws {
        for text in Self.hostile {
            let output = try await Program.run(shell, ["-c", "printf %s \(CleanupScript.quote(text))"])
            #expect(String(decoding: output, as: UTF8.self) == text.replacingOccurrences(of: "\0", with: ""))
        }
    }

    @Test(arguments: CleanupScript.Tool.allCases, GarbageCollector.allCases)
    func `each tool has a script for each collector that it fits`(
        tool: CleanupScript.Tool, collector: GarbageCollector
    ) async throws {
        let isEngine = collector == .docker || collector == .podman
        func make() throws -> CleanupScript {
            try CleanupScript(
                tool: tool, registry: "registry.example.org:5000", collector: collector,
                deletions: [.init(action: .delete, repository: "app", digest: digest, tags: ["1"])])
        }
        guard isEngine == tool.isEngine else {
            #expect(throws: CleanupScript.Failure.self) { try make() }
            return
        }
        let script = try make()
        try await Program.run(shell, ["-n", "/dev/stdin"], input: Data(script.text.utf8))
        #expect(script.text.contains("\ndelete 'app' '\(digest)' '1'\n"))
        let command = "registry garbage-collect"
        switch collector {
        case .distribution, .distribution3: #expect(script.text.contains("\(command) /etc/docker"))
        case .distributionDeleteUntagged, .distribution3DeleteUntagged:
            #expect(script.text.contains("\(command) --delete-untagged /etc/docker"))
        case .harbor, .docker, .podman, .reach: #expect(!script.text.contains(command))
        }
        if !isEngine { #expect(script.registry == "https://registry.example.org:5000") }
    }

    @Test(arguments: ["", "http://", "a b", "https://x/y", "https://ann:secret@x", "$(id)", "x\ny"])
    func `what is no registry is refused`(address: String) {
        #expect(throws: CleanupScript.Failure.self) { try CleanupScript.make(.curl, registry: address, []) }
    }

    @Test(
        .enabled(if: Program.find("shellcheck") != nil, "needs shellcheck"),
        arguments: CleanupScript.Tool.allCases)
    func `shellcheck has nothing to say`(tool: CleanupScript.Tool) async throws {
        let script = try CleanupScript.make(
            tool,
            [
                .init(action: .delete, repository: "app", digest: digest, tags: ["1"]),
                .init(action: .untag, repository: "app", digest: digest, tags: ["2"]),
                .init(action: .delete, repository: "A B", digest: digest),
            ])
        let shellcheck = try #require(Program.find("shellcheck"))
        // Each tool uses its part of what is common to all.
        let output = try await Program.run(
            shellcheck, ["--shell=sh", "--exclude=SC2034,SC2317", "-"], input: Data(script.text.utf8))
        #expect(output.isEmpty)
    }
}
