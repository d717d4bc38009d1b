import Database
import Foundation
import Postgres
import TestSupport
import Testing

/// A port that nobody listened on a moment ago.
private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    try #require(isBound)
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A certificate for 127.0.0.1 that vouches for itself, with its key.
private func makeCertificate(_ folder: ScratchFolder, _ name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder("\(name).key").path,
        "-out", folder("\(name).crt").path,
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}

/// A server across TCP is what a URL names; TLS and passwords are libpq's, here shown to reach it.
@Suite(.enabled(if: hasPostgres), .serialized, .timeLimit(.minutes(2))) struct NetworkTests {
    @Test func `TLS and passwords work as libpq does them, and no password is ever said`() async throws {
        let folder = try ScratchFolder("tls")
        try makeCertificate(folder, "server")
        try makeCertificate(folder, "stranger")
        let access = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        let hba = try folder.write(Data(access.utf8), to: "hba.conf")
        let port = try freePort()
        let server = EmbeddedServer(
            home: folder("home"),
            settings: [
                "fsync": "off", "listen_addresses": "127.0.0.1", "port": String(port), "hba_file": hba.path,
                "ssl": "on",
                "ssl_cert_file": folder("server.crt").path, "ssl_key_file": folder("server.key").path,
            ])
        // PostgreSQL takes a key that belongs to its account or to root, closed to others.
        let key = folder("server.key").path
        if getuid() == 0, let account = getpwnam("postgres") {
            try FileManager.default.setAttributes(
                [.ownerAccountID: account.pointee.pw_uid, .posixPermissions: 0o600], ofItemAtPath: key)
        }
        try await server.start()
        do { try await check(server, folder, port) } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func check(_ server: EmbeddedServer, _ folder: ScratchFolder, _ port: Int) async throws {
        let admin = try await PostgresConnection.connect(server.adminURL)
        try await admin.execute("ALTER ROLE layerscope PASSWORD 'op3n sesame'")
        await admin.close()
        func url(_ password: String, _ mode: String, _ root: String) -> String {
            "postgresql://layerscope:\(password)@127.0.0.1:\(port)/layerscope?sslmode=\(mode)"
                + "&sslrootcert=\(folder(root + ".crt").path)"
        }
        let connection = try await PostgresConnection.connect(url("op3n%20sesame", "verify-full", "server"))
        let secured = try await connection.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        #expect(try secured.rows[0].bool(0))
        let text = String(repeating: "x", count: 3 << 20)
        #expect(try await connection.query("SELECT $1", [.text(text)]).rows[0].text(0) == text)
        let task = Task { try await connection.execute("SELECT pg_sleep(600)") }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await connection.query("SELECT 7").rows[0].int(0) == 7)
        await connection.close()

        for failing in [
            url("op3n%20sesame", "verify-full", "stranger"), url("op3n%20sesame", "disable", "server"),
            url("wr0ng%20sesame", "verify-full", "server"),
        ] {
            let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(failing) }
            #expect(error?.kind == .connectionFailed)
            #expect(error?.description.contains("sesame") == false)
        }
    }
}
