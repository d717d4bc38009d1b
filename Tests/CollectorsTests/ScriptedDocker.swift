import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import TestSupport

/// A Docker engine that answers from a script: two images on a common base, a container, a cache record. Every answer
/// can be replaced, by path without the version.
struct ScriptedDocker: Sendable {
    typealias Answer = @Sendable (ScriptedRequest) async -> ScriptedReply

    static let a = Digest.of(Array("image a".utf8))
    static let b = Digest.of(Array("image b".utf8))
    static let layers = ["base", "a", "b"].map { Digest.of(Array("layer \($0)".utf8)) }

    var version = "1.41"
    var answers: [String: Answer] = [:]

    static func summary(_ id: Digest, _ tag: String) -> String {
        #"{"Id":"\#(id)","ParentId":"","RepoTags":["\#(tag)"],"RepoDigests":null,"Created":1700000000,"Labels":null}"#
    }

    static let list = "[\(summary(a, "team/a:1")),\(summary(b, "team/b:1"))]"

    init(version: String = "1.41", _ answers: [String: Answer] = [:]) {
        self.version = version
        self.answers = answers
    }

    /// The same answer always.
    mutating func answer(_ path: String, _ reply: ScriptedReply) { answers[path] = { _ in reply } }

    func reply(_ request: ScriptedRequest) async -> ScriptedReply {
        var path = request.path
        if path.hasPrefix("/v"), let end = path.dropFirst().firstIndex(of: "/") {
            let asked = String(path[path.index(path.startIndex, offsetBy: 2)..<end])
            if asked.hasPrefix("1."), let minor = Int(asked.dropFirst(2)), let own = Int(version.dropFirst(2)),
                minor > own
            {
                return .json(#"{"message":"client version is too new"}"#, status: 400)
            }
            path = String(path[end...])
        }
        if let answer = answers[path] { return await answer(request) }
        return usual(path)
    }

    private func usual(_ path: String) -> ScriptedReply {
        switch path {
        case "/_ping": return ScriptedReply(200, headers: ["Api-Version": version], Data("OK".utf8))
        case "/version": return .json(#"{"Version":"20.10.24+dfsg1","ApiVersion":"\#(version)"}"#)
        case "/info": return .json(#"{"Driver":"overlay2","DriverStatus":[["Backing Filesystem","extfs"]]}"#)
        case "/images/json": return .json(Self.list)
        case "/images/\(Self.a)/json": return .json(detail(Self.a, 1))
        case "/images/\(Self.b)/json": return .json(detail(Self.b, 2))
        case "/images/\(Self.a)/history": return .json(history(10))
        case "/images/\(Self.b)/history": return .json(history(20))
        case "/containers/json":
            return .json(#"[{"Id":"c1","Names":["/one"],"Image":"team/a:1","ImageID":"\#(Self.a)","State":"exited"}]"#)
        case "/system/df":
            return .json(
                #"{"LayersSize":130,"Images":[],"Containers":[{"Id":"c1","SizeRw":3}],"#
                    + #""BuildCache":[{"ID":"r1","Type":"regular","Size":7," Parents":["r0"]}]}"#)
        default: return .json(#"{"message":"page not found"}"#, status: 404)
        }
    }

    private func detail(_ id: Digest, _ own: Int) -> String {
        #"{"Id":"\#(id)","Created":"2023-11-14T22:13:20Z","Os":"linux","Architecture":"amd64","Size":\#(100 + own * 10),"#
            + #""Config":{"Labels":{"n":"\#(own)"}},"RootFS":{"Layers":["\#(Self.layers[0])","\#(Self.layers[own])"]}}"#
    }

    private func history(_ bytes: Int) -> String {
        #"[{"Id":"<missing>","Size":\#(bytes),"CreatedBy":"COPY"},{"Id":"<missing>","Size":100,"CreatedBy":"ADD"}]"#
    }

    /// Runs the engine on a Unix socket of its own.
    func run<R>(_ body: (EngineEndpoint, ScriptedHTTPServer) async throws -> R) async throws -> R {
        let folder = try ScratchFolder("scripted")
        let socket = folder("s").path
        return try await ScriptedHTTPServer.run(unixSocket: socket, script: reply) { server in
            try await body(EngineEndpoint(.socket(path: socket), defaultName: "scripted"), server)
        }
    }
}

extension EngineLimits {
    /// Small enough for a test to reach.
    static var small: EngineLimits {
        var limits = EngineLimits()
        limits.listBytes = 1 << 20
        limits.documentBytes = 1 << 20
        return limits
    }

    /// And so impatient that a test can wait for it.
    static var hasty: EngineLimits {
        var limits = small
        limits.idle = .seconds(2)
        limits.answer = .seconds(3)
        limits.diskUsage = .seconds(3)
        return limits
    }
}
