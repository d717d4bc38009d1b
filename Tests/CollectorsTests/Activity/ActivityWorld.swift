import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport

extension RecordingSink {
    var activities: [ActivityObservation] {
        observations.compactMap { if case .activity(let activity) = $0 { activity } else { nil } }
    }
}

/// A registry with one repository, and a product's API beside it on the same server.
struct ActivityWorld {
    typealias API = @Sendable (ScriptedRequest) -> ScriptedReply?

    let repository: String
    var registry: ScriptedRegistry
    let image: Digest
    let other: Digest
    let index: Digest
    /// Digests that the repository's names do not lead to.
    let stranger = Digest.of("stranger".utf8)

    init(_ repository: String = "team/app") throws {
        self.repository = repository
        var builder = ImageBuilder()
        let base = try builder.layer(["base": "b"])
        let image = try builder.image([base])
        let other = try builder.image(
            [base, builder.layer(["other": "o"])], platform: Platform(os: "linux", architecture: "arm64"))
        let index = try builder.index([image.descriptor, other.descriptor])
        (self.image, self.other, self.index) = (image.digest, other.digest, index.digest)
        registry = ScriptedRegistry(builder)
        registry.repositories = [repository: ["multi": index.digest, "v1": image.digest]]
    }

    /// What one collection brought, and what the server was asked.
    struct Outcome {
        var collected: Collected
        var requests: [ScriptedRequest]

        var activity: AspectStatus { collected.status("activity") }
        var rows: [ActivityObservation] { collected.seen.activities }
        /// Requests to the product's API.
        var asked: [String] { requests.map { "\($0.method) \($0.target)" }.filter { !$0.contains(" /v2/") } }
        /// Whether all but the activity was read to its end.
        var isCrawled: Bool {
            collected.result.aspects.filter { $0.aspect != "activity" }
                .allSatisfy { $0.outcome == .complete || $0.outcome == .notAvailable }
        }
        /// The row of a manifest, or of one of its tags.
        func row(_ digest: Digest, _ tag: String = "") -> ActivityObservation? {
            rows.first { $0.digest == digest && $0.tag == tag }
        }
    }

    /// Collects with an API that answers what `api` says, and 404 to the rest.
    func collect(
        _ service: ActivityService, retry: RetryPolicy = .impatient,
        change: @Sendable (inout RegistryOptions, inout ActivityOptions) -> Void = { _, _ in }, _ api: @escaping API
    ) async throws -> Outcome {
        var registry = registry
        registry.override = { api($0) }
        return try await ScriptedHTTPServer.run(script: registry.script) { server in
            let collector = try registryCollector(server.host, retry: retry) { options in
                options.hubURL = server.url
                var activity = ActivityOptions(service)
                if service == .ecr {
                    activity.aws = AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: Self.secret, region: "eu-west-1")
                    activity.url = server.url
                }
                change(&options, &activity)
                options.activity = activity
            }
            let sink = RecordingSink()
            let result = try await collector.collect(.test(sink))
            return Outcome(
                collected: Collected(seen: sink, result: result, statistics: collector.statistics),
                requests: server.requests)
        }
    }

    /// Every password, token and key of these tests.
    static let secret = "sw0rdfish-under-test"
}

func moment(_ text: String) -> Date? { Timestamp.parse(text) }
