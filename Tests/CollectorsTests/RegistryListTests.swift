import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

@Suite struct RegistryListTests {
    @Test(arguments: [401, 403, 404, 405])
    func `where the catalog is denied, the operator is told to name repositories`(status: Int) async throws {
        let faulty = try FaultyRegistry()
        let denied: @Sendable (ScriptedRequest) -> ScriptedReply? = { _ in ScriptedRegistry.error(status, "DENIED") }
        let collected = try await faulty.collect("/v2/_catalog", denied)
        #expect(collected.status("repositories").outcome == .failed)
        #expect(collected.status("repositories").hint.contains("name the repositories"))
        let named = try await faulty.collect("/v2/_catalog", change: { $0.repositories = ["other"] }, denied)
        #expect(named.result.isComplete, "\(named.result.aspects)")
        #expect(named.tags == ["other:1"])
        // Of the repositories that were not named nothing is said.
        #expect(named.status("repositories").outcome == .notAvailable)
    }

    @Test func `a named repository that is not there is told, and not called empty`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await collect(faulty.registry, change: { $0.repositories = ["app", "typo"] })
        #expect(collected.status("repositories").outcome == .incomplete)
        #expect(collected.status("repositories").detail.contains("typo"))
        #expect(collected.isComplete("typo") == nil)
        #expect(collected.isComplete("app") == true)
    }

    @Test func `a listed repository without tags is empty`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect("/v2/app/tags/list") { _ in
            ScriptedRegistry.error(404, "NAME_UNKNOWN")
        }
        #expect(collected.result.isComplete)
        #expect(collected.isComplete("app") == true)
        #expect(collected.tags == ["other:1"])
    }

    @Test func `a registry that finds a page too large is asked for a smaller one`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect(
            "/v2/_catalog",
            { $0.item("n") == "1000" ? ScriptedRegistry.error(400, "PAGINATION_NUMBER_INVALID") : nil },
            check: { server, _ in #expect(server.lines.contains("GET /v2/_catalog?n=100")) })
        #expect(collected.result.isComplete)
        #expect(collected.tags.count == 3)
    }

    @Test(arguments: [
        ("absolute, another host", "<http://internal.example:5000/v2/_catalog?page=2>; rel=\"next\""),
        ("relative", "<_catalog?page=2>; rel=next"), ("query alone", "<?page=2>; rel=\"next\""),
        ("among others", "</v2/_catalog?page=0>; rel=\"prev\", </v2/_catalog?page=2>; rel=\"next last\""),
    ])
    func `a link to the next page is followed at the registry's own address`(form: String, link: String) async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect("/v2/_catalog") { request in
            request.item("page") == "2"
                ? .json(#"{"repositories":["other"]}"#) : .json(#"{"repositories":["app"]}"#, headers: ["link": link])
        }
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
        #expect(Set(collected.seen.repositories.map(\.name)) == ["app", "other"])
    }

    @Test(arguments: [
        ("circle", "</v2/_catalog?page=1>; rel=\"next\"", "circle"),
        ("no address", "<ftp://x/y>; rel=\"next\"", "no address"),
    ])
    func `a list that leads nowhere is not complete`(fault: String, link: String, says: String) async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect("/v2/_catalog") { _ in
            .json(#"{"repositories":["app"]}"#, headers: ["link": link])
        }
        #expect(collected.status("repositories").outcome == .incomplete)
        #expect(collected.status("repositories").detail.contains(says))
        #expect(collected.tags == ["app:bad", "app:good"])
    }

    @Test func `pages without end and without anything new are not followed for ever`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await faulty.collect(
            "/v2/_catalog",
            { request in
                let next = (request.item("page").flatMap { Int($0) } ?? 0) + 1
                return .json(
                    #"{"repositories":["app"]}"#, headers: ["link": "</v2/_catalog?page=\(next)>; rel=\"next\""])
            }, check: { server, _ in #expect(server.lines.count { $0.contains("_catalog") } < 10) })
        #expect(!collected.result.isComplete)
    }

    @Test func `names that are none are not asked for`() async throws {
        let faulty = try FaultyRegistry()
        var registry = faulty.registry
        registry.override = { request in
            switch request.path {
            case "/v2/_catalog": .json(#"{"repositories":["../../etc","app?x=1","app","A\u000d\u000aB"]}"#)
            case "/v2/app/tags/list": .json(#"{"tags":["good","../../../secret","a/b"]}"#)
            default: nil
            }
        }
        let collected = try await collect(
            registry,
            check: { server, _ in
                #expect(!server.lines.contains { $0.contains("..") || $0.contains("?x=1") || $0.contains("a/b") })
            })
        #expect(collected.tags == ["app:good"])
        #expect(collected.status("repositories").outcome == .incomplete)
        #expect(collected.status("tags").outcome == .incomplete)
        #expect(collected.isComplete("app") == false)
    }

    @Test func `an empty registry is complete, unless it only seems empty to strangers`() async throws {
        var registry = try FaultyRegistry().registry
        registry.repositories = [:]
        #expect(try await collect(registry).result.isComplete)
        registry.override = { request in
            request.path == "/v2/"
                ? ScriptedReply(401, headers: ["www-authenticate": "Basic realm=\"quay\""]) : nil
        }
        let stranger = try await collect(registry)
        #expect(stranger.status("repositories").outcome == .failed)
        #expect(stranger.status("repositories").hint.contains("log in"))
    }

    @Test func `a Docker Hub namespace is read through its listing`() async throws {
        let faulty = try FaultyRegistry()
        var registry = faulty.registry
        registry.repositories = ["acme/app": ["1": faulty.good.digest], "acme/other": ["1": faulty.other.digest]]
        registry.override = { request in
            guard request.path == "/v2/namespaces/acme/repositories" else { return nil }
            return request.item("page") == "2"
                ? .json(#"{"results":[{"name":"other"}],"next":null}"#)
                : .json(
                    #"{"results":[{"name":"app"}],"next":"https://hub.docker.com/v2/namespaces/acme/repositories?page=2"}"#
                )
        }
        let script = registry.script
        try await ScriptedHTTPServer.run(script: script) { server in
            let collector = try registryCollector(server.host) {
                $0.namespaces = ["acme"]
                $0.hubURL = server.url
            }
            let sink = RecordingSink()
            let result = try await collector.collect(.test(sink))
            #expect(result.isComplete, "\(result.aspects)")
            #expect(Set(sink.repositories.map(\.name)) == ["acme/app", "acme/other"])
            #expect(server.lines.contains("GET /v2/namespaces/acme/repositories?page_size=100"))
            #expect(!server.lines.contains { $0.contains("_catalog") })
        }
    }
}
