import Foundation
import Synchronization

/// A Unix socket before a PostgreSQL server. It forwards what a client says until so many statements have gone through,
/// and from then on nothing: whoever waits for that can kill the client at exactly that point. Answers always pass.
///
/// Frontend messages are told apart as the protocol has them (PostgreSQL documentation, "Message Formats"): a type byte
/// and a length, but for the first message of a connection, which has no type.
package final class PostgresGate: Sendable {
    private struct State {
        var limit = Int.max
        var passed: [String] = []
        var held: String?
        var listener: Int32
        var sockets: Set<Int32> = []
    }

    /// No socket could be made.
    package struct Failure: Error { package var code: Int32 }

    private let state: Mutex<State>
    private let server: String
    private let folder: ShortFolder

    /// The folder of the socket, to be given as `host` with the server's port.
    package var host: String { folder.path }

    /// - Parameters:
    ///   - host: the folder of the server's socket.
    ///   - port: the number in the sockets' names.
    package init(before host: String, port: String) throws {
        let name = ".s.PGSQL.\(port)"
        folder = try ShortFolder("gate")
        server = "\(host)/\(name)"
        let listener = try Self.open()
        guard Self.withAddress("\(folder.path)/\(name)", { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0
        else {
            close(listener)
            throw Failure(code: errno)
        }
        state = Mutex(State(listener: listener))
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                guard let self else {
                    close(client)
                    return
                }
                self.serve(client)
            }
        }
    }

    /// Lets so many statements through from now on, and forgets those before.
    package func letThrough(_ count: Int) {
        state.withLock { state in
            state.limit = count
            state.passed = []
            state.held = nil
        }
    }

    /// The statements that went through: their text, or nothing where the client only named a prepared one.
    package var passed: [String] { state.withLock { $0.passed } }

    /// The statement that was held back; nil while all went through.
    package var held: String? { state.withLock { $0.held } }

    /// Ends the gate and every connection through it.
    package func stop() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets.union([state.listener])
        }
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        close(state.withLock { $0.listener })
    }

    private func serve(_ client: Int32) {
        guard let upstream = try? Self.open(), Self.withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
            close(client)
            return
        }
        state.withLock { $0.sockets.formUnion([client, upstream]) }
        let answers = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while let bytes = Self.read(upstream), Self.write(bytes, to: client) {}
            shutdown(client, Int32(SHUT_RDWR))
            answers.signal()
        }
        Thread.detachNewThread { [self] in
            var messages = FrontendMessages()
            while let bytes = Self.read(client) {
                messages.append(bytes)
                while let message = messages.next() {
                    if admit(message), !Self.write(message.bytes, to: upstream) { break }
                }
            }
            shutdown(upstream, Int32(SHUT_RDWR))
            answers.wait()
            state.withLock { $0.sockets.subtract([client, upstream]) }
            close(client)
            close(upstream)
        }
    }

    /// Whether a message may pass.
    private func admit(_ message: FrontendMessages.Message) -> Bool {
        state.withLock { state in
            guard state.held == nil else { return false }
            guard message.isStatementEnd else { return true }
            if state.passed.count == state.limit {
                state.held = message.statement
                return false
            }
            state.passed.append(message.statement)
            return true
        }
    }

    private static func open() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        return descriptor
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// What there is to read; nil at the end.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Divides what a client says into messages.
private struct FrontendMessages {
    struct Message {
        var bytes: [UInt8]
        /// The text of the statement that the message is part of.
        var statement: String
        /// Whether the server does something now: a simple query, the end of an extended one, the end of a COPY.
        var isStatementEnd: Bool
    }

    private var bytes: [UInt8] = []
    private var hasBegun = false
    private var statement = ""

    mutating func append(_ more: [UInt8]) { bytes += more }

    /// The next whole message; nil when it is not there yet.
    mutating func next() -> Message? {
        let head = hasBegun ? 1 : 0
        guard bytes.count >= head + 4 else { return nil }
        let length = bytes[head..<head + 4].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= head + length else { return nil }
        let message = Array(bytes.prefix(head + length))
        bytes.removeFirst(head + length)
        guard hasBegun else {
            hasBegun = true
            return Message(bytes: message, statement: "", isStatementEnd: false)
        }
        let type = Character(UnicodeScalar(message[0]))
        let texts = message.dropFirst(5).split(separator: 0, omittingEmptySubsequences: false)
        switch type {
        case "Q": statement = String(decoding: texts[0], as: UTF8.self)
        case "P": statement = String(decoding: texts[1], as: UTF8.self)
        default: break
        }
        return Message(bytes: message, statement: statement, isStatementEnd: ["Q", "S", "c"].contains(type))
    }
}
