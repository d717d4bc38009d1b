import NIOCore
import NIOHTTP1
import NIOPosix

extension BuildKitBridge {
    /// The most that an engine may send before the connection is passed on, in bytes.
    private static let headLimit = 16 << 10

    /// Carries bytes between one connection of ours and the builder, until either ends. What keeps the builder from
    /// being reached is noted before our side is closed, so that whoever sees it closed finds the reason.
    func carry(_ local: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        do {
            try await local.executeThenClose { fromLocal, toLocal in
                do {
                    try await dial().executeThenClose { fromRemote, toRemote in
                        try await self.carry(fromLocal, toLocal, fromRemote, toRemote)
                    }
                } catch is CancellationError {
                } catch {
                    self.note(self.explain(error))
                }
            }
        } catch {
            // Our own side is gone, and with it whoever would want to know.
        }
    }

    private func carry(
        _ fromLocal: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ toLocal: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ fromRemote: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ toRemote: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        var remote = fromRemote.makeAsyncIterator()
        if builder.way == .engine {
            try await toRemote.write(ByteBuffer(string: upgradeRequest))
            let rest = try await upgraded(&remote)
            if rest.readableBytes > 0 { try await toLocal.write(rest) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await bytes in fromLocal { try await toRemote.write(bytes) }
                // Ends the other direction: HTTP/2 knows no half of a connection.
                toRemote.finish()
            }
            while let bytes = try await remote.next() { try await toLocal.write(bytes) }
            group.cancelAll()
        }
    }

    private var upgradeRequest: String {
        var (path, host) = ("/grpc", "api.moby.localhost")
        if case .tcp(let name, let port, let basePath, _) = builder.endpoint.transport {
            (path, host) = (basePath + path, "\(bracketed(name)):\(port)")
        }
        return "POST \(path) HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: layerscope\r\n"
            + "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n"
    }

    /// Reads the answer to the upgrade, and returns what came after it. Throws ``EngineError``.
    private func upgraded(
        _ remote: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async throws -> ByteBuffer {
        var answer = ByteBuffer()
        while let bytes = try await remote.next() {
            answer.writeImmutableBuffer(bytes)
            let view = answer.readableBytesView
            guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else {
                if answer.readableBytes > Self.headLimit { throw notAnEngine }
                continue
            }
            let words = String(decoding: view[..<end.lowerBound], as: UTF8.self).split(separator: " ", maxSplits: 2)
            guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)) else {
                throw notAnEngine
            }
            guard status == 101 else { throw refused(status) }
            answer.moveReaderIndex(to: end.upperBound)
            return answer.slice()
        }
        throw EngineError(
            .cut, builder.location, "the connection was cut during POST /grpc",
            hint: "see whether the engine was restarted, then collect again")
    }

    private func refused(_ status: Int) -> EngineError {
        switch status {
        case 404, 405:
            EngineError(
                .version, builder.location, "has no POST /grpc: it is no Docker engine, or older than 18.06",
                hint: "name a buildkitd with --builder")
        case 401, 403:
            EngineError(.forbidden, builder.location, "refuses POST /grpc with status \(status)")
        default:
            EngineError(.status(status), builder.location, "POST /grpc answered with status \(status)")
        }
    }

    private var notAnEngine: EngineError {
        EngineError(
            .notAnEngine, builder.location, "answers, but not as a Docker engine does",
            hint: "check the address; a buildkitd is named with --builder")
    }

    /// What a failed connection means.
    private func explain(_ error: any Error) -> EngineError {
        if let error = error as? EngineError { return error }
        if let error = error as? IOError, error.errnoCode == EACCES || error.errnoCode == EPERM {
            return EngineError(
                .forbidden, builder.location, "this user may not open the socket", hint: "run as a user who may")
        }
        let hint = builder.way == .direct ? "start buildkitd, or name another with --builder" : "start the engine"
        switch HTTPFailure.from(error, method: "POST", url: builder.location)?.reason {
        case .unreachable(let detail)?:
            return EngineError(.unreachable, builder.location, "cannot be reached: \(detail)", hint: hint)
        case .untrusted(let detail)?:
            return EngineError(
                .unreachable, builder.location, "TLS failed: \(detail)",
                hint: "check ca.pem, cert.pem and key.pem, and that the builder's certificate names this host")
        default:
            return EngineError(.cut, builder.location, "the connection was cut: \(error)")
        }
    }
}
