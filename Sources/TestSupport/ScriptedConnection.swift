import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// One connection of a ``ScriptedHTTPServer``: reads a request, asks the script, sends what it says.
final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let script: ScriptedHTTPServer.Script
    private let server: ServerBox
    private let connections: OpenConnections
    private var head: HTTPRequestHead?
    private var body = Data()
    private var task: Task<Void, Never>?

    init(script: @escaping ScriptedHTTPServer.Script, server: ServerBox, connections: OpenConnections) {
        self.script = script
        self.server = server
        self.connections = connections
    }

    func channelActive(context: ChannelHandlerContext) {
        connections.add(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.remove(context.channel)
        task?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = Data()
        case .body(let part):
            // A test's request bodies are small; what is larger is cut off.
            if body.count < 1 << 20 { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head else { return }
            self.head = nil
            let request = ScriptedRequest(
                method: head.method.rawValue, target: head.uri, headers: head.headers, body: body, earlier: 0)
            let writer = ReplyWriter(channel: context.channel, isHead: head.method == .HEAD)
            task = Task { [script, server] in
                let known = server.get()
                let reply = await script(known?.take(request) ?? request)
                // Before the reply: its reader may ask the next thing before this task goes on.
                known?.finished()
                await writer.send(reply)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Sends a reply step by step.
private struct ReplyWriter: Sendable {
    let channel: any Channel
    let isHead: Bool

    func send(_ reply: ScriptedReply) async {
        do {
            if reply.cutsAtOnce { return try await channel.close().get() }
            if reply.isSilent { return try await channel.closeFuture.get() }
            var head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: reply.headers)
            let isDeclared =
                head.headers.contains(name: "content-length") || head.headers.contains(name: "transfer-encoding")
            if !isDeclared, reply.declaresLength || isHead, let length = reply.length {
                head.headers.add(name: "content-length", value: "\(length)")
            }
            try await channel.writeAndFlush(HTTPServerResponsePart.head(head)).get()
            if !isHead {
                for step in reply.steps { try await perform(step) }
            }
            try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
        } catch {
            // The client has left, which is what many scripts are for.
        }
    }

    private func perform(_ step: ScriptedReply.Step) async throws {
        switch step {
        case .send(let data): try await write(ByteBuffer(data: data))
        case .repeated(let data, let times):
            let buffer = ByteBuffer(data: data)
            for _ in 0..<times { try await write(buffer) }
        case .endless(let data):
            let buffer = ByteBuffer(data: data)
            while !Task.isCancelled { try await write(buffer) }
        case .drip(let data, let pause):
            for byte in data {
                try await write(ByteBuffer(bytes: [byte]))
                try await Task.sleep(for: pause)
            }
        case .cut:
            try await channel.close().get()
            throw CancellationError()
        case .hang: try await channel.closeFuture.get()
        }
    }

    private func write(_ buffer: ByteBuffer) async throws {
        guard buffer.readableBytes > 0 else { return }
        try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(buffer))).get()
    }
}
