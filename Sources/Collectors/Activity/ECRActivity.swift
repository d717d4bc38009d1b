import Foundation
import ImageModel
import NIOHTTP1
import Observations

/// Amazon ECR (API reference, `DescribeImages`): times of manifests, tagged or not. Pull times come up to a day late.
struct ECRActivity: ActivitySource {
    private struct Ask: Encodable {
        var registryId: String?
        var repositoryName: String
        var maxResults: Int
        var nextToken: String?
    }

    private struct Page: Decodable {
        struct Image: Decodable {
            var imageDigest: Digest
            var imageTags: [String]?
            var imagePushedAt: ActivitySeconds?
            var lastRecordedPullTime: ActivitySeconds?
        }
        var imageDetails: [Image]
        var nextToken: String?
    }

    /// An ECR registry's host: `<account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn]`.
    struct Host: Equatable {
        var account: String
        var region: String

        init?(_ host: String) {
            let parts = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 6, parts[0].count == 12, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
                parts[1] == "dkr", parts[2] == "ecr" || parts[2] == "ecr-fips", parts[4] == "amazonaws"
            else { return nil }
            account = parts[0]
            region = parts[3]
        }
    }

    private static let target = "AmazonEC2ContainerRegistry_V20150921.DescribeImages"
    /// Codes (`__type`) of requests that may succeed later.
    private static let throttling: Set<String> = [
        "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "ServerException",
    ]
    private static let denial: Set<String> = [
        "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException",
        "MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidClientTokenId",
    ]
    private let client: ActivityClient
    private let account: String?
    private let recordsPulls: Bool

    init(client: ActivityClient, account: String?, recordsPulls: Bool) {
        self.client = client
        self.account = account
        self.recordsPulls = recordsPulls
    }

    /// The API's address in a region.
    static func base(region: String) -> String {
        "https://api.ecr.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    /// Whether AWS asks to come back later; it says so with status 400.
    static func isTemporary(_ failure: HTTPFailure) -> Bool {
        failure.isTemporary || failure.diagnostics.contains { throttling.contains($0.code) }
    }

    /// Signs every request anew: a signature is good for some minutes.
    static func access(
        _ signature: AWSSignature, host: String, now: @escaping @Sendable () -> Date = { Date() }
    ) -> ActivityClient.Access {
        ActivityClient.Access(prepare: { request in
            let stamp = AWSSignature.stamp(now())
            request.headers.replaceOrAdd(name: "x-amz-date", value: stamp)
            if let token = signature.credentials.sessionToken {
                request.headers.replaceOrAdd(name: "x-amz-security-token", value: token)
            }
            var signed = Dictionary(request.headers.map { ($0.name, $0.value) }) { $1 }
            signed["host"] = host
            request.authorization = signature.authorization(
                method: request.method.rawValue, headers: signed, body: request.body ?? "", stamp: stamp)
        })
    }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        var token: String?
        var tokens: Set<String> = []
        repeat {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let ask = Ask(registryId: account, repositoryName: repository, maxResults: 1000, nextToken: token)
            let page = try await client.post(
                Page.self, "/", headers: ["content-type": "application/x-amz-json-1.1", "x-amz-target": Self.target],
                body: String(decoding: try encoder.encode(ask), as: UTF8.self))
            try await take(ActivityPage(page.imageDetails.flatMap { entries($0, repository) }))
            token = page.nextToken.flatMap { $0.isEmpty ? nil : $0 }
            if let token, !tokens.insert(token).inserted {
                throw client.invalid("/", "its pages lead in a circle")
            }
        } while token != nil
    }

    /// The times are those of the manifest: which of its tags was used is not told.
    private func entries(_ image: Page.Image, _ repository: String) -> [ActivityObservation] {
        [
            ActivityObservation(
                repository: repository, digest: image.imageDigest, pushedAt: image.imagePushedAt?.date,
                pulledAt: image.lastRecordedPullTime?.date, recordsPulls: recordsPulls)
        ]
    }

    func hint(_ failure: HTTPFailure) -> String {
        let codes = Set(failure.diagnostics.map(\.code))
        if failure.isDenied || !codes.isDisjoint(with: Self.denial) {
            return "give AWS keys that may call ecr:DescribeImages, not expired, and check this machine's clock"
        }
        if codes.contains("RepositoryNotFoundException") { return "check the region and the account" }
        return Self.isTemporary(failure) ? "AWS limits requests: collect again later" : failure.hint
    }
}
