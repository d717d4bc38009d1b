import AsyncHTTPClient
import Collectors
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@Suite struct HTTPBodyTests {
    /// Reads one answer of a scripted server.
    private func read(_ reply: ScriptedReply, limit: Int, within: Duration = .seconds(10)) async throws -> Data {
        try await ScriptedHTTPServer.run(script: { _ in reply }) { server in
            let url = server.url + "/body"
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
            return try await readBody(
                of: response, method: "GET", url: url, limit: limit, deadline: .now + within)
        }
    }

    private func reason(_ reply: ScriptedReply, limit: Int, within: Duration = .seconds(10)) async -> HTTPFailure
        .Reason?
    {
        do {
            _ = try await read(reply, limit: limit, within: within)
            return nil
        } catch {
            return (error as? HTTPFailure)?.reason
        }
    }

    @Test func `a body of just the limit is read`() async throws {
        #expect(try await read(ScriptedReply(200, Data("12345".utf8)), limit: 5) == Data("12345".utf8))
    }

    @Test func `a body that says it is too large is not read`() async {
        let reason = await reason(ScriptedReply(200, Data("123456".utf8)), limit: 5)
        #expect(reason == .tooLarge(limit: 5))
    }

    @Test func `a gigabyte that does not say its length is refused at the limit`() async {
        var reply = ScriptedReply(200, steps: [.repeated(Data(repeating: 32, count: 1 << 20), times: 1024)])
        reply.declaresLength = false
        #expect(await reason(reply, limit: 4 << 20) == .tooLarge(limit: 4 << 20))
    }

    @Test func `an endless body is refused at the limit`() async {
        let reply = ScriptedReply(200, steps: [.endless(Data(repeating: 32, count: 65536))])
        #expect(await reason(reply, limit: 1 << 20) == .tooLarge(limit: 1 << 20))
    }

    @Test func `a body cut before its declared length is no body`() async {
        let reply = ScriptedReply(200, headers: ["content-length": "100"], steps: [.send(Data("1234".utf8)), .cut])
        #expect(await reason(reply, limit: 1000) == .connectionLost)
    }

    @Test func `a chunked body cut before its end is no body`() async {
        var reply = ScriptedReply(200, steps: [.send(Data("1234".utf8)), .cut])
        reply.declaresLength = false
        #expect(await reason(reply, limit: 1000) == .connectionLost)
    }

    @Test func `a body that drips ends at its deadline`() async {
        let reply = ScriptedReply(200, steps: [.drip(Data(repeating: 65, count: 10_000), every: .milliseconds(5))])
        let start = ContinuousClock.now
        #expect(
            await reason(reply, limit: 20_000, within: .milliseconds(200)) == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `a server on a Unix socket answers`() async throws {
        let folder = try ScratchFolder("http")
        let socket = folder("s").path
        try await ScriptedHTTPServer.run(unixSocket: socket, script: { .json(#"{"path":"\#($0.path)"}"#) }) { server in
            let encoded = socket.replacingOccurrences(of: "/", with: "%2F")
            var request = HTTPClientRequest(url: "http+unix://\(encoded)/version?x=1")
            request.headers.add(name: "host", value: "engine")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = try await readBody(of: response, method: "GET", url: request.url, limit: 100)
            #expect(String(decoding: body, as: UTF8.self) == #"{"path":"/version"}"#)
            #expect(server.requests.first?.item("x") == "1")
        }
    }
}
