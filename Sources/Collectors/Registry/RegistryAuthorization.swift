import Synchronization

/// Decides what a request to the registry carries as `Authorization`, from what the registry has asked for so far.
final class RegistryAuthorization: Sendable {
    private let credentials: Credentials
    private let tokens: BearerTokens
    private let challenge = Mutex<Challenge?>(nil)

    init(credentials: Credentials, tokens: BearerTokens) {
        self.credentials = credentials
        self.tokens = tokens
    }

    /// Whether nothing at all is said of who asks.
    var isAnonymous: Bool { credentials == .anonymous }
    /// Whether the registry has asked who asks.
    var isChallenged: Bool { challenge.withLock { $0 != nil } }

    /// Keeps what the registry asks for. Of several ways, the one that fits the credentials.
    func learn(_ values: [String]) {
        let offered = Challenge.parse(values)
        let bearer = offered.first { $0.scheme == "bearer" && $0.parameters["realm"] != nil }
        let basic = offered.first { $0.scheme == "basic" }
        guard let wanted = bearer ?? basic else { return }
        challenge.withLock { $0 = wanted }
    }

    /// The header for a request in a scope; nil when nothing is known to be wanted, or there is nothing to give.
    func header(scope: String) async throws -> String? {
        try await header(scope: scope, refused: nil)
    }

    /// The header for a second try, after the registry refused the first. Nil when it could be no other: asking again
    /// would end the same way.
    func header(afterRefusalOf refused: String?, challenges values: [String], scope: String) async throws -> String? {
        learn(values)
        // A registry may ask for more than we thought of.
        let asked = Challenge.parse(values).first { $0.scheme == "bearer" }?.parameters["scope"]
        let next = try await header(
            scope: asked.flatMap { $0.isEmpty ? nil : $0 } ?? scope, refused: refused?.split(separator: " ").last)
        return next == refused ? nil : next
    }

    private func header(scope: String, refused: Substring?) async throws -> String? {
        if case .registryToken(let token) = credentials { return "Bearer \(token)" }
        guard let challenge = challenge.withLock({ $0 }) else { return nil }
        guard challenge.scheme == "bearer", let realm = challenge.parameters["realm"] else {
            return credentials.basicHeader
        }
        let key = BearerTokens.Key(
            realm: realm, service: challenge.parameters["service"] ?? "", scope: scope)
        return "Bearer " + (try await tokens.token(for: key, refused: refused.map { String($0) }))
    }
}
