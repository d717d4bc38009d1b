import Foundation
import ImageModel
import NIOHTTP1
import Observations
import TestSupport
import Testing

@testable import Collectors

/// Amazon ECR, `DescribeImages` (API reference, `ImageDetail`): JSON 1.1, times as seconds with a fraction.
@Suite struct ECRActivityTests {
    private func detail(_ digest: Digest, pushed: String, pulled: String? = nil) -> String {
        let pulled = pulled.map { #""lastRecordedPullTime":\#($0),"# } ?? ""
        return #"""
            {"registryId":"123456789012","repositoryName":"team/app","imageDigest":"\#(digest)","imageTags":["v1"],
             "imageSizeInBytes":31,"imagePushedAt":\#(pushed),\#(pulled)
             "imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json","imageStatus":"ACTIVE",
             "artifactMediaType":"application/vnd.oci.image.config.v1+json"}
            """#
    }

    private func error(_ code: String) -> ScriptedReply {
        .json(#"{"__type":"com.amazonaws.ecr#\#(code)","message":"scripted"}"#, status: 400)
    }

    @Test func `times of manifests are read, page by page, in signed requests`() async throws {
        let world = try ActivityWorld()
        let outcome = try await world.collect(
            .ecr,
            change: { _, activity in activity.aws?.sessionToken = "session-\(ActivityWorld.secret)" },
            { request in
                guard request.method == "POST", request.path == "/" else { return nil }
                return String(decoding: request.body, as: UTF8.self).contains(#""nextToken":"n/1""#)
                    ? .json(#"{"imageDetails":[\#(detail(world.image, pushed: "1.78E9"))]}"#)
                    : .json(
                        #"{"imageDetails":[\#(detail(world.index, pushed: "1780000000.25", pulled: "1790000000.5"))],"nextToken":"n/1"}"#
                    )
            })
        #expect(outcome.collected.result.isComplete, "\(outcome.collected.result.aspects)")
        #expect(
            outcome.row(world.index)
                == ActivityObservation(
                    repository: "team/app", digest: world.index,
                    pushedAt: Date(timeIntervalSince1970: 1_780_000_000.25),
                    pulledAt: Date(timeIntervalSince1970: 1_790_000_000.5), recordsPulls: true))
        #expect(outcome.row(world.image)?.pulledAt == nil && outcome.row(world.image)?.recordsPulls == true)
        let requests = outcome.requests.filter { $0.method == "POST" }
        #expect(requests.count == 2)
        #expect(
            requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                #"{"maxResults":1000,"repositoryName":"team/app"}"#,
                #"{"maxResults":1000,"nextToken":"n/1","repositoryName":"team/app"}"#,
            ])
        for request in requests { try check(request) }
    }

    /// Signs once more what came, with the headers that it says were signed.
    private func check(_ request: ScriptedRequest) throws {
        #expect(request.headers["x-amz-target"] == ["AmazonEC2ContainerRegistry_V20150921.DescribeImages"])
        #expect(request.headers["content-type"] == ["application/x-amz-json-1.1"])
        #expect(request.headers["x-amz-security-token"] == ["session-\(ActivityWorld.secret)"])
        let header = try #require(request.headers["authorization"].first)
        let names = try #require(header.split(separator: " ").first { $0.hasPrefix("SignedHeaders=") })
            .dropFirst("SignedHeaders=".count).dropLast().split(separator: ";").map(String.init)
        #expect(names == ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"])
        let signature = AWSSignature(
            credentials: AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: ActivityWorld.secret), region: "eu-west-1",
            service: "ecr")
        let signed = Dictionary(uniqueKeysWithValues: names.map { ($0, request.headers[$0].first ?? "") })
        #expect(
            header
                == signature.authorization(
                    method: "POST", headers: signed, body: String(decoding: request.body, as: UTF8.self),
                    stamp: request.headers["x-amz-date"].first ?? ""))
    }

    @Test func `AWS's throttling is waited for, its refusals are told`() async throws {
        let world = try ActivityWorld()
        let throttled = try await world.collect(.ecr) { [self] request in
            guard request.method == "POST" else { return nil }
            return request.earlier < 2 ? error("ThrottlingException") : .json(#"{"imageDetails":[]}"#)
        }
        #expect(throttled.activity.outcome == .complete, "\(throttled.activity)")
        for (code, hint) in [
            ("AccessDeniedException", "ecr:DescribeImages"), ("ExpiredTokenException", "not expired"),
            ("RepositoryNotFoundException", "region"),
        ] {
            let refused = try await world.collect(.ecr) { [self] in $0.method == "POST" ? error(code) : nil }
            #expect(refused.activity.outcome == .failed && refused.isCrawled)
            #expect(refused.activity.detail.contains(code) && refused.activity.hint.contains(hint))
            #expect(refused.requests.count { $0.method == "POST" } == 1)
        }
    }

    @Test func `keys and region come from the environment that AWS's tools read, and the host`() throws {
        let environment = [
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c",
            "AWS_DEFAULT_REGION": "eu-west-1",
        ]
        #expect(
            AWSCredentials(environment: environment)
                == AWSCredentials(accessKey: "a", secretKey: "b", sessionToken: "c", region: "eu-west-1"))
        #expect(AWSCredentials(environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": ""]) == nil)
        let host = ECRActivity.Host("123456789012.dkr.ecr.eu-central-1.amazonaws.com")
        #expect(host?.account == "123456789012" && host?.region == "eu-central-1")
        #expect(ECRActivity.Host("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com")?.region == "us-east-1")
        #expect(ECRActivity.Host("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn")?.region == "cn-north-1")
        #expect(ECRActivity.Host("registry.example.org") == nil && ECRActivity.Host("public.ecr.aws") == nil)
        #expect(ECRActivity.base(region: "eu-west-1") == "https://api.ecr.eu-west-1.amazonaws.com")
        #expect(ECRActivity.base(region: "cn-north-1") == "https://api.ecr.cn-north-1.amazonaws.com.cn")
    }

    @Test func `without keys or a region nothing is collected`() async throws {
        let world = try ActivityWorld()
        for takesKeys in [true, false] {
            let error = await #expect(throws: RegistryError.self) {
                _ = try await world.collect(
                    .ecr,
                    change: { _, activity in
                        if takesKeys { activity.aws = nil } else { activity.aws?.region = nil }
                    }, { _ in nil })
            }
            #expect(error?.message.contains(takesKeys ? "AWS_ACCESS_KEY_ID" : "AWS_REGION") == true)
        }
    }
}

/// AWS's published test suite for Signature Version 4 (aws-sig-v4-test-suite).
@Suite struct AWSSignatureTests {
    private let signature = AWSSignature(
        credentials: AWSCredentials(
            accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", service: "service")
    private let stamp = "20150830T123600Z"
    static let token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

    static let vectors: [(name: String, method: String, headers: [String: String], body: String, signature: String)] = [
        ("get-vanilla", "GET", [:], "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("post-vanilla", "POST", [:], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "post-x-www-form-urlencoded", "POST", ["Content-Type": "application/x-www-form-urlencoded"],
            "Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
        (
            "post-sts-header-before", "POST", ["X-Amz-Security-Token": token], "",
            "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
        ),
    ]

    @Test(arguments: vectors.indices)
    func `a request is signed as AWS signs it`(number: Int) {
        let vector = Self.vectors[number]
        let headers = vector.headers.merging(["Host": "example.amazonaws.com", "X-Amz-Date": stamp]) { $1 }
        let names = headers.keys.map { $0.lowercased() }.sorted().joined(separator: ";")
        #expect(
            signature.authorization(method: vector.method, headers: headers, body: vector.body, stamp: stamp)
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=\(names), Signature=\(vector.signature)"
        )
    }

    @Test func `the moment is written as AWS reads it`() {
        #expect(AWSSignature.stamp(Date(timeIntervalSince1970: 1_440_938_160)) == stamp)
        #expect(AWSSignature.stamp(Date(timeIntervalSince1970: 1_767_225_599.999)) == "20251231T235959Z")
    }

    @Test func `a keyed hash is the one of RFC 4231`() {
        #expect(
            encodeHex(KeyedHash.sha256("Hi There".utf8, key: Array(repeating: 0x0b, count: 20)))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            encodeHex(KeyedHash.sha256(Array(repeating: 0xdd, count: 50), key: Array(repeating: 0xaa, count: 20)))
                == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
    }
}
