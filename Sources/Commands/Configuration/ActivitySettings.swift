package import Collectors
import Foundation

/// Where and as whom a registry's product is asked for push and pull times.
package struct ActivitySettings: Sendable, Equatable {
    package var service: ActivityService
    /// The base address of the product's API; nil for the registry's own host.
    package var url: String?
    /// With ``password``, instead of the registry's own.
    package var username: String?
    package var password: Secret?
    /// Quay: a token of its API.
    package var token: Secret?
    /// ECR: AWS keys; nil for those in the environment.
    package var accessKey: Secret?
    package var secretKey: Secret?
    package var sessionToken: Secret?
    /// ECR: nil for the one in the registry's host.
    package var region: String?
    /// False when the product was told to record no pulls.
    package var recordsPulls = true

    package init(_ service: ActivityService, url: String? = nil) {
        self.service = service
        self.url = url
    }

    /// What the collector takes, secrets resolved. Throws ``SecretError``.
    func options(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SecretError) -> ActivityOptions {
        var options = ActivityOptions(service)
        options.url = url
        options.recordsPulls = recordsPulls
        if let token {
            options.credentials = .registryToken(try token.resolve(environment: environment))
        } else if let username, let password {
            options.credentials = .basic(
                username: username, password: try password.resolve(environment: environment))
        }
        guard service == .ecr else { return options }
        if let accessKey, let secretKey {
            options.aws = AWSCredentials(
                accessKey: try accessKey.resolve(environment: environment),
                secretKey: try secretKey.resolve(environment: environment),
                sessionToken: try sessionToken?.resolve(environment: environment))
        } else {
            options.aws = AWSCredentials(environment: environment)
        }
        if let region { options.aws?.region = region }
        return options
    }
}
