import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

/// Registries that refuse, fail, are late or fall silent in the middle.
@Suite struct RegistryDeletionFaultTests {
    /// A registry that answers so many DELETEs otherwise first.
    private func registry(
        faults: Int = .max, _ reply: @escaping @Sendable (ScriptedRequest, DeletableRegistry) -> ScriptedReply
    ) throws -> DeletableRegistry {
        let count = Mutex(0)
        return try DeletableRegistry { request, registry in
            guard request.method == "DELETE" else { return nil }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number <= faults ? reply(request, registry) : nil
        }
    }

    @Test(arguments: [
        (405, "refused"), (401, "refused"), (403, "refused"), (409, "refused"), (412, "refused"), (501, "refused"),
        (400, "failed"), (418, "failed"), (500, "failed"), (404, "gone"),
    ])
    func `each refusal is told as what it is`(status: Int, word: String) async throws {
        let registry = try registry { _, _ in ScriptedRegistry.error(status, "UNSUPPORTED") }
        try await registry.run { target, _ in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome.word == word, "\(outcome)")
            #expect(registry.has(registry.one))
        }
    }

    @Test func `202 and still there is a failure`() async throws {
        let registry = try registry { _, _ in ScriptedReply(202) }
        let waits = RecordedWaits()
        try await registry.run(retry: waits.policy()) { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome.word == "failed")
            #expect(outcome.reason?.contains("serves") == true)
            #expect(waits.all.count == 4)
            #expect(server.deletions.count == 1)
        }
    }

    @Test func `a registry that deletes a little later is waited for`() async throws {
        let asked = Mutex<Int?>(nil)
        let registry = try DeletableRegistry { request, registry in
            let reference = DeletableRegistry.reference(request)
            if request.method == "DELETE" {
                asked.withLock { $0 = 0 }
                return ScriptedReply(202)
            }
            guard reference == registry.one.description else { return nil }
            let count = asked.withLock { asked in
                asked = asked.map { $0 + 1 }
                return asked
            }
            if count == 3 { _ = registry.delete(reference) }
            return nil
        }
        try await registry.run { target, _ in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome == .deleted)
        }
    }

    @Test(arguments: [(429, 7), (503, 3), (500, 0)])
    func `a busy registry is waited for, and the rest goes on`(status: Int, seconds: Int) async throws {
        let registry = try registry(faults: 2) { _, _ in
            ScriptedReply(status, headers: seconds > 0 ? ["retry-after": "\(seconds)"] : [:])
        }
        let waits = RecordedWaits()
        try await registry.run(retry: waits.policy()) { target, server in
            let tally = try await target.carryOut([
                registry.request(registry.one, "1", "2"), registry.request(registry.three, "3"),
            ])
            #expect(tally.deleted == 2 && tally.isWhole)
            #expect(waits.all.count == 2)
            #expect(waits.all.allSatisfy { $0 >= .seconds(seconds) })
            #expect(server.deletions.count == 4)
        }
    }

    @Test func `a tag that moves during such a wait keeps the manifest`() async throws {
        let registry = try registry(faults: 1) { _, registry in
            registry.point("2", to: registry.prod)
            return ScriptedReply(429)
        }
        try await registry.run { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome.word == "moved")
            #expect(server.deletions.count == 1)
            #expect(registry.has(registry.one))
        }
    }

    @Test func `a registry that asks for a longer wait than there is ends all`() async throws {
        let registry = try registry { _, _ in ScriptedReply(429, headers: ["retry-after": "3600"]) }
        try await registry.run { target, server in
            await #expect(throws: HTTPFailure.self) {
                try await target.carryOut([
                    registry.request(registry.one, "1", "2"), registry.request(registry.three, "3"),
                ])
            }
            #expect(server.deletions.count == 1)
        }
    }

    @Test(arguments: [true, false])
    func `after a cut connection a look decides`(isDone: Bool) async throws {
        let registry = try registry(faults: 1) { request, registry in
            if isDone { _ = registry.delete(DeletableRegistry.reference(request)) }
            return .cut
        }
        try await registry.run { target, server in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome == .deleted)
            #expect(server.deletions.count == (isDone ? 1 : 2))
            #expect(!registry.has(registry.one))
        }
    }

    @Test func `what an answer in between hid is told as deleted`() async throws {
        let registry = try registry(faults: 1) { request, registry in
            _ = registry.delete(DeletableRegistry.reference(request))
            return ScriptedReply(502)
        }
        try await registry.run { target, _ in
            let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
            #expect(outcome == .deleted)
        }
    }

    @Test func `a deletion is not sent elsewhere, and neither are credentials`() async throws {
        try await ScriptedHTTPServer.run(script: { _ in ScriptedReply(202) }) { other in
            let location = other.url + "/v2/app/manifests/x"
            let registry = try registry { _, _ in ScriptedReply(307, headers: ["location": location]) }
            try await registry.run(change: { $0.credentials = .basic(username: "ann", password: "secret") }) {
                target, _ in
                let outcome = try await target.delete(registry.request(registry.one, "1", "2"))
                #expect(outcome.word == "failed")
                #expect(outcome.reason?.contains("secret") == false)
                #expect(registry.has(registry.one))
            }
            #expect(other.requests.isEmpty)
        }
    }

    @Test func `a token for deletion is asked for, and renewed when it ends`() async throws {
        let valid = Mutex(1)
        let registry = try DeletableRegistry { request, _ in
            if request.path == "/token" {
                let scope = request.item("scope") ?? ""
                return .json(#"{"token":"\#(valid.withLock { $0 })|\#(scope)","expires_in":300}"#)
            }
            if request.path == "/v2/" { return nil }
            let rights = request.method == "DELETE" ? "pull,delete" : "pull"
            let wanted = "\(valid.withLock { $0 })|repository:app:\(rights)"
            let given = request.headers.first(name: "authorization") ?? ""
            guard given != "Bearer " + wanted else {
                if request.method == "DELETE" { valid.withLock { $0 += 1 } }
                return nil
            }
            let host = request.headers.first(name: "host") ?? ""
            return ScriptedRegistry.error(
                401, "UNAUTHORIZED",
                headers: [
                    "www-authenticate":
                        "Bearer realm=\"http://\(host)/token\",service=\"s\",scope=\"repository:app:\(rights)\""
                ])
        }
        try await registry.run { target, server in
            let tally = try await target.carryOut([
                registry.request(registry.one, "1", "2"), registry.request(registry.three, "3"),
            ])
            #expect(tally.deleted == 2 && tally.isWhole)
            #expect(
                Set(server.requests.filter { $0.path == "/token" }.map { $0.item("scope") })
                    == ["repository:app:pull", "repository:app:pull,delete"])
        }
    }

    @Test func `cancelled in the middle, what was begun is seen to its end and nothing else is begun`() async throws {
        let task = Mutex<Task<Void, any Error>?>(nil)
        let registry = try DeletableRegistry { request, _ in
            if request.method == "DELETE" { task.withLock { $0?.cancel() } }
            return nil
        }
        try await registry.run { target, server in
            let told = Mutex<[DeletionOutcome]>([])
            let requests = [registry.request(registry.one, "1", "2"), registry.request(registry.three, "3")]
            let running = Task {
                _ = try await target.carryOut(requests) { _, outcome in told.withLock { $0.append(outcome) } }
            }
            task.withLock { $0 = running }
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(told.withLock { $0 } == [.deleted])
            #expect(registry.has(registry.three))
            #expect(server.deletions.count == 1)
        }
    }
}
