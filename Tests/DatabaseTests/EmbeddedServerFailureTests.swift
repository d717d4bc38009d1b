import Database
import Foundation
import TestSupport
import Testing

/// Runs a program and returns whether it succeeded.
@discardableResult
private func succeeds(_ arguments: String...) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
}

/// Whether we may mount a small file system to fill.
private let canMount: Bool = {
    guard getuid() == 0, let folder = try? ScratchFolder("mount") else { return false }
    guard (try? succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.url.path)) == true else {
        return false
    }
    return (try? succeeds("umount", folder.url.path)) == true
}()

/// Runs a test with a file system of a given size at a folder.
private func withFileSystem(_ size: String, _ body: (URL) async throws -> Void) async throws {
    let folder = try ScratchFolder("disk")
    guard try succeeds("mount", "-t", "tmpfs", "-o", "size=\(size),mode=0755", "tmpfs", folder.url.path) else {
        Issue.record("cannot mount")
        return
    }
    do { try await body(folder.url) } catch {
        try succeeds("umount", "-l", folder.url.path)
        throw error
    }
    try succeeds("umount", "-l", folder.url.path)
}

@Suite(.enabled(if: hasPostgres), .serialized, .timeLimit(.minutes(3))) struct EmbeddedServerFailureTests {
    private func failure(_ server: EmbeddedServer) async -> EmbeddedServerError? {
        await #expect(throws: EmbeddedServerError.self) { try await server.start() }
    }

    @Test func `missing programs are named, with what to install`() async throws {
        let folder = try ScratchFolder("embedded")
        let environment = ["LAYERSCOPE_POSTGRES_BIN": folder("nothing").path]
        let error = await failure(EmbeddedServer(home: folder("home"), environment: environment))
        #expect(error == .missingBinaries(searched: [folder("nothing").path]))
        #expect(error?.description.contains("install postgresql") == true)
        #expect(error?.description.contains("LAYERSCOPE_POSTGRES_BIN") == true)
    }

    @Test func `data of a version that is not installed are left alone`() async throws {
        try await withEmbeddedServer { server, _ in
            try await server.start()
            try await server.stop()
            let file = server.folder.appending(path: "data/PG_VERSION")
            let version = try String(contentsOf: file, encoding: .utf8)
            try Data("9\n".utf8).write(to: file)
            guard case .wrongVersion(_, "9", let installed)? = await failure(server) else {
                Issue.record("the version is not seen")
                return
            }
            #expect(installed.contains(version.trimmingCharacters(in: .whitespacesAndNewlines)))
            try Data(version.utf8).write(to: file)
            try await server.start()
        }
    }

    @Test func `a data folder that holds something else is left alone`() async throws {
        let folder = try ScratchFolder("embedded")
        let file = try folder.write(Data("mine".utf8), to: "home/postgres/data/letter.txt")
        guard case .unusableFolder? = await failure(EmbeddedServer(home: folder("home"))) else {
            Issue.record("the folder is not refused")
            return
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
    }

    @Test func `a program that fails is quoted`() async throws {
        let folder = try ScratchFolder("embedded")
        for (name, script) in [
            ("postgres", "echo 'postgres (PostgreSQL) 15.9'"), ("initdb", "echo 'locale is upside down' >&2; exit 3"),
        ] {
            let file = try folder.write(Data("#!/bin/sh\n\(script)\n".utf8), to: "bin/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        let environment = ["LAYERSCOPE_POSTGRES_BIN": folder("bin").path]
        guard
            case .programFailed("initdb", 3, let output)? = await failure(
                EmbeddedServer(home: folder("home"), environment: environment))
        else {
            Issue.record("the failure is not reported")
            return
        }
        #expect(output == "locale is upside down")
    }

    @Test func `settings that the server refuses are quoted from its log`() async throws {
        let folder = try ScratchFolder("embedded")
        let server = EmbeddedServer(home: folder("home"), settings: ["fsync": "off", "work_mem": "a lot"])
        guard case .programFailed("postgres", _, let output)? = await failure(server) else {
            Issue.record("the failure is not reported")
            return
        }
        #expect(output.contains("work_mem"))
    }

    @Test(.enabled(if: getuid() == 0, "only root runs the server as another account"))
    func `a folder that the server's account cannot reach is named`() async throws {
        let folder = try ScratchFolder("embedded")
        try folder.write(Data(), to: "closed/file")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder("closed").path)
        let error = await failure(EmbeddedServer(home: folder("closed/home")))
        guard case .unusableFolder(_, let reason, let nextStep)? = error else {
            Issue.record("the folder is not refused")
            return
        }
        #expect(reason.contains(folder("closed").path))
        #expect(nextStep.contains("LAYERSCOPE_HOME"))
        // A closed home itself is opened a crack: for the account's group to pass, for nobody else.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder("closed").path)
        try FileManager.default.createDirectory(
            at: folder("closed/own"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let server = EmbeddedServer(home: folder("closed/own"), settings: quick)
        try await server.start()
        try await server.stop()
        #expect(try ownership(folder("closed/own").path).permissions == 0o710)
    }

    @Test(.enabled(if: canMount, "needs the right to mount a small file system"))
    func `a disk without room for a cluster is said to be full`() async throws {
        try await withFileSystem("40m") { disk in
            let error = await failure(EmbeddedServer(home: disk.appending(path: "home")))
            guard case .diskFull(_, let free, let needed)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(free < needed)
            #expect(error?.description.contains("LAYERSCOPE_HOME") == true)
        }
    }

    @Test(.enabled(if: canMount, "needs the right to mount a small file system"))
    func `a disk that filled up is said to be full, and works again when there is room`() async throws {
        try await withFileSystem("300m") { disk in
            let server = EmbeddedServer(home: disk.appending(path: "home"), settings: quick)
            try await server.start()
            try await server.stop()
            let filler = disk.appending(path: "filler")
            try succeeds("dd", "if=/dev/zero", "of=\(filler.path)", "bs=64k")
            guard case .diskFull? = await failure(server) else {
                Issue.record("the disk is not said to be full")
                return
            }
            try FileManager.default.removeItem(at: filler)
            try await server.start()
            try await server.stop()
        }
    }
}
