import BuildKitAPI
import BuildModel
import GRPCCore
import Synchronization
import TestSupport
import Testing

@testable import Collectors

@Suite struct BuilderFollowerTests {
    private static var limits: BuildKitLimits {
        var limits = BuildKitLimits()
        limits.firstPause = .milliseconds(1)
        limits.longestPause = .milliseconds(5)
        return limits
    }

    @Test func `each build comes once, also those that ended while the connection was lost`() async throws {
        let connections = Counter()
        let builder = ScriptedBuilder(
            history: { request, events in
                #expect(!request.earlyExit)
                // What a builder knows comes first, each time.
                try await events.write(ScriptedBuild.event("one"))
                try await events.write(ScriptedBuild.event("two", .started))
                switch connections.next() {
                case 1: throw RPCError(code: .unavailable, message: "transport is closing")
                case 2:
                    // Comes again when it is pinned; then the builder ends the stream in order.
                    try await events.write(ScriptedBuild.event("two"))
                    try await events.write(ScriptedBuild.event("two"))
                default:
                    try await events.write(ScriptedBuild.event("two"))
                    try await events.write(ScriptedBuild.event("three"))
                    try await ScriptedBuilder.hang()
                }
            },
            progress: { _, progress in
                for message in ScriptedBuild.progress { try await progress.write(message) }
            })
        let troubles = Counter()
        let seen = try await ScriptedBuilder.run(builder) { endpoint in
            var seen: [String?] = []
            for try await build in BuilderFollower(
                endpoint, limits: Self.limits, onTrouble: { _ in _ = troubles.next() })
            {
                seen.append(build.reference)
                if seen.count == 3 { break }
            }
            return seen
        }
        #expect(seen == ["one", "two", "three"])
        #expect(troubles.count == 2)
        #expect(connections.count == 3)
    }

    @Test func `a builder without a history cannot be followed`() async throws {
        let error = await #expect(throws: EngineError.self) {
            try await ScriptedBuilder.run(ScriptedBuilder()) { endpoint in
                for try await _ in BuilderFollower(endpoint, limits: Self.limits) {}
            }
        }
        #expect(error?.reason == .version)
    }

    @Test func `a builder that is not there is not waited for`() async throws {
        let folder = try ShortFolder("nobody")
        let endpoint = BuilderEndpoint(EngineEndpoint(.socket(path: folder.path + "/b.sock")), way: .direct)
        let error = await #expect(throws: EngineError.self) {
            for try await _ in BuilderFollower(endpoint, limits: Self.limits) {}
        }
        #expect(error?.reason == .unreachable)
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }

    var count: Int { value.withLock { $0 } }
}
