import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

/// What goes wrong with a product's API never harms the crawl.
@Suite struct ActivityFaultTests {
    /// Whether a request is for the list of a product's times.
    private static func isList(_ request: ScriptedRequest, of service: ActivityService) -> Bool {
        switch service {
        case .harbor: request.path.hasSuffix("/artifacts")
        case .dockerHub: request.path.hasPrefix("/v2/namespaces/")
        case .quay: request.path.hasPrefix("/api/v1/")
        case .gitlab: request.path.hasSuffix("/tags/list/")
        case .ecr: request.method == "POST"
        case .dtr: request.path.hasPrefix("/api/v0/")
        }
    }

    /// The fault, and words of what is told.
    static let faults: [(name: String, reply: ScriptedReply, says: String)] = [
        ("401", .json(#"{"message":"no"}"#, status: 401), "status 401"),
        ("403", .json(#"{"message":"no"}"#, status: 403), "status 403"),
        ("404", .json(#"{"message":"no"}"#, status: 404), "status 404"),
        ("500", ScriptedReply(500), "status 500"),
        ("page of HTML", ScriptedReply(200, headers: ["content-type": "text/html"], Data("<html>".utf8)), "not usable"),
        ("truncated", .json(#"[{"name":"v1","digest":"sha256:"#), "not usable"),
        ("cut", ScriptedReply(200, steps: [.send(Data("[".utf8)), .cut]), "cut"),
        ("wrong type", .json(#""text""#), "not usable"),
        (
            "wrong types within",
            .json(
                #"[{"name":7,"digest":[],"imageDigest":1}]"#
            ), "not usable"
        ),
        ("number", .json("17"), "not usable"), ("twice the same key", .json(#"{"a":1,"a":2}"#), "not usable"),
        ("too large", ScriptedReply(200, headers: ["content-length": "999999999"], Data()), "larger"),
    ]

    @Test(arguments: ActivityService.allCases, faults.indices)
    func `a fault is told with a hint, and the crawl is whole`(service: ActivityService, number: Int) async throws {
        let fault = Self.faults[number]
        let world = try ActivityWorld()
        let secret = ActivityWorld.secret
        let outcome = try await world.collect(
            service,
            change: { options, _ in
                options.retries = 1
                options.credentials = .basic(username: "ann", password: secret)
            },
            { request in
                if request.path == "/v2/auth/token" { return .json(#"{"access_token":"t-\#(secret)"}"#) }
                if request.path == "/gitlab/v1/" { return .json("{}") }
                return Self.isList(request, of: service) ? fault.reply : nil
            })
        #expect(outcome.isCrawled, "\(outcome.collected.result.aspects)")
        #expect(outcome.collected.tags == ["team/app:multi", "team/app:v1"])
        #expect(outcome.activity.outcome == .failed)
        #expect(outcome.activity.detail.contains(fault.says), "\(outcome.activity.detail)")
        #expect(!outcome.activity.hint.isEmpty)
        #expect(outcome.rows.isEmpty)
        let shown =
            String(reflecting: outcome.collected.result) + String(reflecting: outcome.collected.seen.observations)
        #expect(!shown.contains(secret) && !shown.contains(Data("ann:\(secret)".utf8).base64EncodedString()))
    }

    @Test(arguments: ActivityService.allCases)
    func `a list whose pages lead in a circle ends`(service: ActivityService) async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(service) { request in
            if request.path == "/gitlab/v1/" { return .json("{}") }
            guard Self.isList(request, of: service) else { return nil }
            let row = #""name":"v1","digest":"\#(world.image)""#
            switch service {
            case .harbor:
                return .json("[{\(row)}]", headers: ["link": "<\(request.target)>; rel=\"next\""])
            case .dockerHub: return .json(#"{"results":[{\#(row)}],"next":"http://hub\#(request.target)"}"#)
            case .quay:
                return .json(
                    #"{"tags":[{"name":"v1","start_ts":5,"manifest_digest":"\#(world.image)"}],"has_additional":true}"#)
            case .gitlab: return .json("[{\(row)}]", headers: ["link": "<\(request.target)>; rel=\"next\""])
            case .ecr: return .json(#"{"imageDetails":[{"imageDigest":"\#(world.image)"}],"nextToken":"same"}"#)
            case .dtr: return .json("[{\(row)}]", headers: ["x-next-page-start": "same"])
            }
        }
        #expect(outcome.activity.outcome == .incomplete, "\(outcome.activity)")
        #expect(outcome.rows.count == 1, "what was read is kept")
        #expect(outcome.requests.count { Self.isList($0, of: service) } <= 3)
        #expect(outcome.isCrawled)
    }

    @Test func `a limit that is used up is waited for as long as the server says`() async throws {
        let world = try ActivityWorld()
        let reset = Int(Date().timeIntervalSince1970) + 30
        let limits: [(HTTPHeaders, ClosedRange<Double>)] = [
            (["retry-after": "3"], 3...3), (["x-ratelimit-reset": "\(reset)", "x-ratelimit-remaining": "0"], 20...30),
            (["x-retry-after": "\(reset)"], 20...30), (["ratelimit-reset": "7"], 7...7),
        ]
        for (headers, expected) in limits {
            let waits = RecordedWaits()
            let outcome = try await world.collect(.quay, retry: waits.policy(random: 0)) { request in
                guard request.path.hasPrefix("/api/v1/") else { return nil }
                return request.earlier == 0
                    ? .json("{}", status: 429, headers: headers) : .json(#"{"tags":[],"has_additional":false}"#)
            }
            #expect(outcome.activity.outcome == .complete, "\(outcome.activity)")
            let seconds = waits.all.map { Double($0.components.seconds) }
            #expect(seconds.count == 1 && seconds.allSatisfy { expected.contains($0) }, "\(headers): \(waits.all)")
        }
    }

    @Test func `the last request that a limit allows is followed by a wait, not by a refusal`() async throws {
        let world = try ActivityWorld()
        let waits = RecordedWaits()
        let outcome = try await world.collect(.quay, retry: waits.policy(random: 0)) { request in
            guard request.path.hasPrefix("/api/v1/") else { return nil }
            return request.item("page") == "1"
                ? .json(
                    #"{"tags":[{"name":"v1","start_ts":5,"manifest_digest":"\#(world.image)"}],"has_additional":true}"#,
                    headers: ["x-ratelimit-limit": "180", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"])
                : .json(#"{"tags":[],"has_additional":false}"#)
        }
        #expect(outcome.activity.outcome == .complete, "\(outcome.activity)")
        #expect(waits.all.count == 1 && waits.all.allSatisfy { $0 > .seconds(5) && $0 <= .seconds(9) })
    }

    @Test func `a server that asks for too long a wait is not asked again`() async throws {
        var world = try ActivityWorld()
        for number in 0..<5 { world.registry.repositories["team/r\(number)"] = ["v1": world.image] }
        let outcome = try await world.collect(.harbor, change: { options, _ in options.concurrency = 1 }) { request in
            request.path.hasSuffix("/artifacts") ? .json("{}", status: 429, headers: ["retry-after": "3600"]) : nil
        }
        #expect(outcome.activity.outcome == .failed && outcome.isCrawled)
        #expect(outcome.activity.hint.contains("collect again later"), "\(outcome.activity.hint)")
        #expect(outcome.requests.count { $0.path.hasSuffix("/artifacts") } == 1)
    }

    @Test func `one repository that fails leaves the others`() async throws {
        var world = try ActivityWorld()
        world.registry.repositories["team/web"] = ["v1": world.image]
        let digest = world.image
        let outcome = try await world.collect(.harbor) { request in
            guard request.path.hasSuffix("/artifacts") else { return nil }
            return request.path.contains("/web/")
                ? ScriptedReply(403) : .json(#"[{"digest":"\#(digest)","push_time":"2026-01-01T00:00:00Z"}]"#)
        }
        #expect(outcome.activity.outcome == .incomplete)
        #expect(outcome.activity.detail.contains("team/web") && outcome.activity.hint.contains("credentials"))
        #expect(outcome.rows.map(\.repository) == ["team/app"])
    }

    @Test func `an address of an API is an address, without secrets and with TLS`() async throws {
        let world = try ActivityWorld()
        for url in [
            "harbor.example.org", "ftp://h", "https://me:\(ActivityWorld.secret)@h",
            "https://h?token=\(ActivityWorld.secret)",
            "https://", "http://harbor.example.org",
        ] {
            let error = await #expect(throws: RegistryError.self, "\(url)") {
                _ = try await world.collect(.harbor, change: { _, activity in activity.url = url }, { _ in nil })
            }
            #expect(error?.message.contains(ActivityWorld.secret) == false)
        }
    }

    @Test func `nobody who did not ask for activity is told of it`() async throws {
        let world = try ActivityWorld()
        let collected = try await CollectorsTests.collect(world.registry)
        #expect(!collected.result.aspects.contains { $0.aspect == "activity" })
    }
}
