import Figures
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Reporting

/// Tools that are played by scripts of their own, which note how they are called; and real engines.
@Suite(.serialized) struct CleanupScriptToolTests {
    private typealias Deletion = CleanupScript.Deletion
    private let one = Digest.of(Array("one".utf8))
    private let two = Digest.of(Array("two".utf8))

    /// Plays regctl and crane on a folder: a file for each reference, with its digest.
    private static let stub = """
        #!/bin/sh
        printf '%s %s\\n' "${0##*/}" "$*" >>"$STUB/record"
        file() { printf '%s/refs/%s' "$STUB" "$(printf %s "$1" | tr '/' '_')"; }
        missing() { echo "$1" >&2; exit 1; }
        case ${0##*/}:$1:$2 in
        crane:digest:*) cat "$(file "$2")" 2>/dev/null || missing 'Error: GET https://x: MANIFEST_UNKNOWN: manifest unknown' ;;
        crane:ls:* | regctl:tag:ls) cat "$STUB/tags" ;;
        crane:delete:*) grep -l -F -e "$(cat "$(file "$2")")" "$STUB"/refs/* | xargs rm ;;
        regctl:manifest:head) cat "$(file "$4")" 2>/dev/null || missing 'failed to request manifest head: not found [http 404]' ;;
        regctl:manifest:delete) grep -l -F -e "$(cat "$(file "$3")")" "$STUB"/refs/* | xargs rm ;;
        regctl:tag:delete) rm "$(file "$3")" ;;
        *) missing "unknown: $*" ;;
        esac
        """

    private func play(_ tool: CleanupScript.Tool) async throws -> (calls: [String], text: String, status: Int) {
        let folder = try ScratchFolder("stub")
        let program = try folder.write(Data(Self.stub.utf8), to: "bin/\(tool.rawValue)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let references = [
            ("h:5_app:1", one), ("h:5_app@\(one)", one), ("h:5_app:2", two), ("h:5_app:3", two),
            ("h:5_app@\(two)", two),
        ]
        for (name, digest) in references { try folder.write(Data("\(digest)\n".utf8), to: "refs/\(name)") }
        try folder.write(Data("1\n2\n3\n".utf8), to: "tags")
        let script = try CleanupScript.make(
            tool, registry: "http://h:5",
            [
                Deletion(action: .delete, repository: "app", digest: one, tags: ["1"]),
                Deletion(action: .untag, repository: "app", digest: two, tags: ["2"]),
            ])
        let (text, status) = try await runScript(
            script, environment: ["PATH": folder("bin").path + ":/usr/bin:/bin", "STUB": folder.url.path])
        let record = try String(contentsOf: folder("record"), encoding: .utf8)
        return (record.split(separator: "\n").map(String.init), text, status)
    }

    @Test func `regctl is called as its manual says`() async throws {
        let (calls, text, status) = try await play(.regctl)
        let plain = "--host reg=h:5,tls=disabled"
        func head(_ reference: String) -> String { "regctl manifest head --require-digest \(reference) \(plain)" }
        #expect(
            calls == [
                head("h:5/app@\(one)"), "regctl tag ls h:5/app \(plain)", head("h:5/app:1"), head("h:5/app:2"),
                head("h:5/app:3"), head("h:5/app:1"), "regctl manifest delete h:5/app@\(one) \(plain)",
                head("h:5/app@\(one)"), head("h:5/app:2"), "regctl tag delete h:5/app:2 \(plain)",
                head("h:5/app@\(two)"), head("h:5/app:2"),
            ])
        #expect(status == 0 && text.contains("2 deleted, 0 gone before"), "\(text)")
    }

    @Test func `crane is called as its manual says, and stops when the manifest went with the tag`() async throws {
        let (calls, text, status) = try await play(.crane)
        func digest(_ reference: String) -> String { "crane digest \(reference) --insecure" }
        #expect(
            calls == [
                digest("h:5/app@\(one)"), "crane ls h:5/app --insecure", digest("h:5/app:1"), digest("h:5/app:2"),
                digest("h:5/app:3"), digest("h:5/app:1"), "crane delete h:5/app@\(one) --insecure",
                digest("h:5/app@\(one)"), digest("h:5/app:2"), "crane delete h:5/app:2 --insecure",
                digest("h:5/app@\(two)"),
            ])
        // The registry that is played here takes the manifest along.
        #expect(status == 1 && text.contains("nothing more is deleted"), "\(text)")
    }

    @Test(.enabled(if: DockerEngine.isAvailable, "needs root, dockerd and docker"))
    func `a script for docker deletes what it may, twice`() async throws {
        try await DockerEngine.run { engine in
            var tar = TarBuilder()
            tar.add(file: "f", Data("base".utf8))
            try await engine.docker(["import", "-", "base:1"], input: tar.finished())
            for (name, tag) in [("a", "a:1"), ("b", "b:1"), ("c", "c:1")] {
                try await engine.build(
                    tag, "FROM base:1\nCOPY f /\nCMD [\"x\"]", files: ["f": Data(name.utf8)], buildKit: false)
            }
            for name in ["a:2", "a:3", "other:1"] { try await engine.docker(["tag", "a:1", name]) }
            try await engine.docker(["create", "--name", "busy", "c:1"])
            func id(_ name: String) async throws -> Digest {
                try Digest(try await engine.docker(["image", "inspect", "--format", "{{.Id}}", name]))
            }
            let (a, b, c) = (try await id("a:1"), try await id("b:1"), try await id("c:1"))
            try await engine.docker(["tag", "c:1", "b:moved"])
            try await check(
                .docker, a: a, b: b, c: c, prefix: "",
                environment: [
                    "DOCKER_HOST": "unix://" + engine.folder("d.sock").path, "DOCKER_CONTEXT": "",
                    "DOCKER_CONFIG": engine.folder("client").path,
                ])
            let names = try await engine.docker(["images", "--format", "{{.Repository}}:{{.Tag}}"])
            #expect(Set(names.split(separator: "\n")) == ["base:1", "c:1", "b:moved"])
        }
    }

    @Test(.enabled(if: PodmanEngine.isAvailable, "needs root and podman"))
    func `a script for podman deletes what it may, twice`() async throws {
        try await PodmanEngine.run { engine in
            for name in ["a", "b", "c"] {
                try await engine.build(
                    "\(name):1", "FROM scratch\nCOPY f /\nCMD [\"x\"]", files: ["f": Data(name.utf8)])
            }
            for name in ["localhost/a:2", "localhost/a:3", "localhost/other:1"] {
                try await engine.podman(["tag", "localhost/a:1", name])
            }
            try await engine.podman(["create", "--name", "busy", "--network", "host", "localhost/c:1"])
            func id(_ name: String) async throws -> Digest {
                try Digest("sha256:" + (try await engine.podman(["inspect", "--format", "{{.Id}}", name])))
            }
            let (a, b) = (try await id("localhost/a:1"), try await id("localhost/b:1"))
            let c = try await id("localhost/c:1")
            try await engine.podman(["tag", "localhost/c:1", "localhost/b:moved"])
            // The storage is the test's own, which only options can say.
            let podman = try #require(Program.find("podman"))
            let words = ([podman] + engine.storage.options).map(CleanupScript.quote).joined(separator: " ")
            let wrapper = try engine.folder.write(Data("#!/bin/sh\nexec \(words) \"$@\"\n".utf8), to: "bin/podman")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: wrapper.path)
            try await check(
                .podman, a: a, b: b, c: c, prefix: "localhost/",
                environment: ["PATH": engine.folder("bin").path + ":/usr/bin:/bin"])
            let names = try await engine.podman(["images", "--format", "{{.Repository}}:{{.Tag}}"])
            #expect(Set(names.split(separator: "\n")) == ["localhost/c:1", "localhost/b:moved"])
        }
    }

    /// `a` has three names here and one elsewhere, `b` has one, `c` is used and has the name `b:moved`.
    private func check(
        _ tool: CleanupScript.Tool, a: Digest, b: Digest, c: Digest, prefix: String, environment: [String: String]
    ) async throws {
        let script = try CleanupScript.make(
            tool,
            [
                Deletion(action: .untag, repository: prefix + "a", digest: a, tags: ["1"]),
                Deletion(action: .delete, repository: prefix + "a", digest: a, tags: ["2"]),
                Deletion(action: .delete, repository: prefix + "c", digest: c, tags: ["1"]),
                Deletion(action: .delete, repository: prefix + "b", digest: b, tags: ["1", "moved"]),
                Deletion(action: .delete, repository: "<none>", digest: one),
            ])
        var (text, status) = try await runScript(script, environment: environment)
        #expect(text.contains("1 deleted, 1 gone before, 2 moved, 1 refused, 0 failed"), "\(text)")
        #expect(status == 1)
        let rest = try CleanupScript.make(
            tool,
            [
                Deletion(action: .delete, repository: prefix + "a", digest: a, tags: ["2", "3"]),
                Deletion(action: .delete, repository: prefix + "other", digest: a, tags: ["1"]),
                Deletion(action: .delete, repository: prefix + "b", digest: b, tags: ["1"]),
            ])
        (text, status) = try await runScript(rest, environment: environment)
        #expect(status == 0 && text.contains("3 deleted"), "\(text)")
        (text, status) = try await runScript(rest, environment: environment)
        #expect(status == 0 && text.contains("0 deleted, 3 gone before"), "\(text)")
    }
}
