import Collectors
import Foundation
import TestSupport

/// A program that stands for `ssh`: writes down what it is called with, and passes an engine's socket through its
/// input and output, as `docker system dial-stdio` does on the other machine.
struct FakeSSH {
    let folder: ScratchFolder
    let endpoint: EngineEndpoint

    /// - Parameter relay: the program with the option that names the socket: `docker --host`, `podman --url`.
    /// - Parameter failure: what it says instead, before it ends with status 255.
    init(socket: String, relay: String = "/usr/bin/docker --host", failure: String? = nil) throws {
        folder = try ScratchFolder("ssh")
        let answer = failure.map { "echo '\($0)' >&2; exit 255" } ?? "exec \(relay) unix://\(socket) system dial-stdio"
        let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '\(folder("calls").path)'\n\(answer)\n"
        let program = try folder.write(Data(script.utf8), to: "ssh")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.path)
        var target = SSHTarget(user: "build", host: "far.example.org", port: 2222)
        target.client = program.path
        endpoint = EngineEndpoint(.ssh(target))
    }

    /// The words of all calls.
    var calls: [String] {
        get throws {
            try String(contentsOf: folder("calls"), encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }
}
