import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// What is looked at before a deletion, and after it.
@Suite struct RegistryDeletionTests {
    @Test func `a manifest goes with its tags, others stay, and a second run finds it gone`() async throws {
        let registry = try DeletableRegistry()
        try await registry.run { target, server in
            let requests = [registry.request(registry.one, "1", "2"), registry.request(registry.three, "3")]
            var told: [String] = []
            let tally = try await target.carryOut(requests) { told.append("\($0.tags) \($1.word)") }
            #expect(told == [#"["1", "2"] deleted"#, #"["3"] deleted"#])
            #expect(tally.deleted == 2 && tally.isWhole)
            #expect(registry.tags == ["prod": registry.prod])
            let again = try await target.carryOut(requests)
            #expect(again.gone == 2 && again.isWhole)
            #expect(server.deletions == [registry.one, registry.three].map(\.description))
        }
    }

    @Test func `a tag that moved, and a tag that the plan does not know, keep the manifest`() async throws {
        let registry = try DeletableRegistry()
        try await registry.run { target, server in
            let tally = try await target.carryOut([
                registry.request(registry.one, "1"), registry.request(registry.one, "1", "3"),
                registry.request(registry.prod),
            ])
            #expect(tally.moved == 3)
            #expect(server.deletions == [])
        }
    }

    @Test func `a tag that moves between the list and the deletion keeps the manifest`() async throws {
        let registry = try DeletableRegistry { request, registry in
            // Once it was listed.
            if request.method == "HEAD", DeletableRegistry.reference(request) == "1", request.earlier == 0 {
                let reply = ScriptedReply(200, headers: ["docker-content-digest": registry.one.description])
                registry.point("1", to: registry.prod)
                return reply
            }
            return nil
        }
        try await registry.run { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome == .moved("1 leads to \(registry.prod) now"))
            #expect(server.deletions == [])
        }
    }

    /// A clock that goes on by so much whenever it is read.
    private func policy(step: Duration) -> RetryPolicy {
        let clock = Mutex(ContinuousClock.now)
        return RetryPolicy(
            sleep: { _ in await Task.yield() },
            now: {
                clock.withLock { now in
                    now += step
                    return now
                }
            })
    }

    @Test(arguments: [(Duration.seconds(2), "new"), (.seconds(40), "prod")])
    func `a tag that is pushed, or moved, after the first list keeps what it leads to`(
        step: Duration, tag: String
    ) async throws {
        let registry = try DeletableRegistry()
        try await registry.run(retry: policy(step: step)) { target, server in
            let first = try await target.delete(registry.request(registry.three, "3"))
            #expect(first == .deleted)
            registry.point(tag, to: registry.one)
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome == .moved("\(tag), not in the plan, would go, too"))
            #expect(registry.has(registry.one))
        }
    }

    @Test func `nothing is deleted while it is not known where a tag leads`() async throws {
        let registry = try DeletableRegistry { request, _ in
            DeletableRegistry.reference(request) == "prod" ? ScriptedReply(500) : nil
        }
        try await registry.run { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome.word == "failed")
            #expect(outcome.reason?.contains("\"prod\"") == true)
            #expect(server.deletions == [])
        }
    }

    @Test(arguments: ["..", "a/../b", "A", "a b", "a\nb", ""])
    func `what is no name is not asked for`(name: String) async throws {
        let registry = try DeletableRegistry()
        try await registry.run { target, server in
            let before = server.lines.count
            let digest = registry.one
            let tally = try await target.carryOut([
                DeletionRequest(action: .delete, repository: name, digest: digest),
                DeletionRequest(action: .untag, repository: "app", digest: digest, tags: ["a/" + name]),
            ])
            #expect(tally.failed == 2)
            #expect(server.lines.count == before)
        }
    }

    @Test func `a tag goes alone where the registry can, and the manifest stays`() async throws {
        let registry = try DeletableRegistry(tagDeletion: .takesTag)
        try await registry.run { target, server in
            let request = registry.request(registry.one, "1", action: .untag)
            let first = try await target.delete(request)
            let second = try await target.delete(request)
            #expect(first == .deleted && second == .gone)
            #expect(registry.tags["2"] == registry.one && registry.has(registry.one))
            let moved = registry.request(registry.one, "3", action: .untag)
            #expect(try await target.delete(moved) == .moved("3 leads to \(registry.three) now"))
            #expect(server.deletions == ["1"])
        }
    }

    @Test func `a registry that takes no tag alone is told, with what can be done`() async throws {
        let registry = try DeletableRegistry()
        try await registry.run { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", action: .untag))
            #expect(outcome.word == "refused")
            #expect(outcome.reason?.contains("regctl tag delete") == true)
            #expect(registry.tags["1"] == registry.one)
        }
    }

    @Test func `a registry that deletes the manifest with a tag does so once and no more`() async throws {
        let registry = try DeletableRegistry(tagDeletion: .takesManifest)
        try await registry.run { target, server in
            let first = try await target.delete(registry.request(registry.one, "1", action: .untag))
            #expect(first.word == "failed")
            let second = try await target.delete(registry.request(registry.three, "3", action: .untag))
            #expect(second.word == "refused")
            #expect(registry.has(registry.three))
            #expect(server.deletions == ["1"])
        }
    }
}
