import Foundation
import ImageModel

extension ActivityReader {
    /// The reader that the options ask for. Throws ``RegistryError`` when they cannot be followed.
    static func make(
        _ activity: ActivityOptions, options: RegistryOptions, client: RegistryClient, credentials: Credentials,
        tally: AspectTally, end: ContinuousClock.Instant?
    ) throws(RegistryError) -> ActivityReader {
        let (transport, retry, endpoint) = (client.transport, client.retry, client.endpoint)
        let credentials = activity.credentials ?? credentials
        func api(
            _ origin: String, _ access: ActivityClient.Access,
            isTemporary: @escaping @Sendable (HTTPFailure) -> Bool = { $0.isTemporary }
        ) throws(RegistryError) -> ActivityClient {
            ActivityClient(
                base: try activity.base(default: origin, allowsPlainHTTP: options.usesPlainHTTP), transport: transport,
                retry: retry, access: access, concurrency: options.concurrency, end: end, isTemporary: isTemporary)
        }
        let source: any ActivitySource
        switch activity.service {
        case .harbor:
            source = HarborActivity(
                client: try api(endpoint.origin, .header(credentials.basicHeader)), recordsPulls: activity.recordsPulls)
        case .dtr: source = DTRActivity(client: try api(endpoint.origin, .header(credentials.basicHeader)))
        case .quay:
            // Quay's API takes tokens of its own; a registry's name and password mean nothing to it.
            var header: String?
            if case .registryToken(let token)? = activity.credentials { header = "Bearer \(token)" }
            source = QuayActivity(client: try api(endpoint.origin, .header(header)))
        case .dockerHub:
            let base = try activity.base(default: options.hubURL, allowsPlainHTTP: options.usesPlainHTTP)
            let listing = HubListing(transport: transport, base: base, retry: retry)
            source = HubActivity(
                client: try api(base, HubActivity.access(credentials, listing)), recordsPulls: activity.recordsPulls)
        case .gitlab:
            guard activity.url == nil, activity.credentials == nil else {
                throw RegistryError(
                    .address, "GitLab's registry tells activity itself: give neither an address nor credentials for it")
            }
            source = GitLabActivity(client: client)
        case .ecr:
            let host = ECRActivity.Host(endpoint.host)
            guard let aws = activity.aws else {
                throw RegistryError(
                    .credentials,
                    "ECR's activity needs AWS keys: give access_key and secret_key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                )
            }
            guard let region = aws.region ?? host?.region, region.utf8.allSatisfy(Self.isRegionCharacter) else {
                throw RegistryError(.address, "ECR's region is not known: give region, or set AWS_REGION")
            }
            let base = try activity.base(
                default: ECRActivity.base(region: region), allowsPlainHTTP: options.usesPlainHTTP)
            let authority = String(base.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" })
            source = ECRActivity(
                client: try api(
                    base,
                    ECRActivity.access(
                        AWSSignature(credentials: aws, region: region, service: "ecr"), host: authority),
                    isTemporary: ECRActivity.isTemporary),
                account: host?.account, recordsPulls: activity.recordsPulls)
        }
        return ActivityReader(source: source, tally: tally)
    }

    private static func isRegionCharacter(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
    }
}
