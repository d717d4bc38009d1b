import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy that lets nothing through and remembers what was asked of it: to show what a browser requests.
package final class RecordingProxy: Sendable {
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let lines: Lines

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let lines: Lines

        init(_ lines: Lines) { self.lines = lines }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            let text = String(decoding: buffer.readableBytesView, as: UTF8.self)
            lines.all.withLock { $0.append(String(text.prefix { $0 != "\r\n" && $0 != "\n" })) }
            let refusal = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: refusal)), promise: nil)
            context.close(promise: nil)
        }
    }

    private init(channel: any Channel, group: MultiThreadedEventLoopGroup, lines: Lines) {
        self.channel = channel
        self.group = group
        self.lines = lines
    }

    /// Starts a proxy on a port of the system's choice.
    package static func start() async throws -> RecordingProxy {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let lines = Lines()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Recorder(lines)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RecordingProxy(channel: channel, group: group, lines: lines)
    }

    /// Host and port.
    package var address: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// The first line of each request so far.
    package var requests: [String] { lines.all.withLock { $0 } }

    /// Ends the proxy.
    package func stop() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
    }
}
