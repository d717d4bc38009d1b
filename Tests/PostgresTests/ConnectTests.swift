import Foundation
import Postgres
import TestSupport
import Testing

/// A listener on a port of its own that accepts nobody: who connects waits for an answer that never comes.
private final class SilentListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let file = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, length) == 0 && listen(file, 8) == 0 && getsockname(file, $0, &length) == 0
            }
        }
        try #require(isListening)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Whether somebody knocks.
    var hasVisitor: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1
    }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectTests {
    @Test func `a server that does not answer is given up after the URL's time`() async throws {
        let listener = try SilentListener()
        let start = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresConnection.connect("host=127.0.0.1 port=\(listener.port) user=u connect_timeout=2")
        }
        #expect(error?.kind == .connectionFailed)
        #expect(error?.message.contains("127.0.0.1:\(listener.port)") == true)
        #expect(.now - start < .seconds(20))
    }

    @Test func `a task that is cancelled while it connects stops at once`() async throws {
        let listener = try SilentListener()
        let port = listener.port
        let task = Task { try await PostgresConnection.connect("host=127.0.0.1 port=\(port) user=u connect_timeout=0") }
        while !listener.hasVisitor { await Task.yield() }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(.now - start < .seconds(5))
    }

    @Test(arguments: [
        ("postgresql://u:hidden-word@db.example:6000/layers", "db.example:6000/layers"),
        ("host=/run/pg dbname=d", "/run/pg/d"),
        ("postgresql://u@db.example", "db.example/u"),
    ])
    func `the place of a URL says where it leads, and not who goes there`(_ url: String, _ place: String) throws {
        #expect(try postgresPlace(of: url) == place)
    }
}
