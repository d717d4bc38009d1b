import Foundation
import ImageModel
import NIOHTTP1
import Synchronization

/// Gets bearer tokens from token servers and keeps them as long as they last (distribution: docs/spec/auth/token.md and
/// oauth.md). Asked for the same token many times at once, it fetches it once.
final class BearerTokens: Sendable {
    struct Key: Hashable, Sendable {
        var realm: String
        var service: String
        var scope: String
    }

    private struct Entry {
        var token: String
        var end: ContinuousClock.Instant
    }

    private struct Answer: Decodable {
        var token: String?
        var accessToken: String?
        var expiresIn: Double?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
            case expiresIn = "expires_in"
        }
    }

    private struct State {
        var kept: [Key: Entry] = [:]
        var underway: [Key: Task<String, any Error>] = [:]
    }

    private static let byteLimit = 256 << 10
    /// A token is not used in the last tenth of its life, for it has to arrive, too.
    private static let usablePart = 0.9
    private let transport: HTTPTransport
    private let credentials: Credentials
    private let allowsPlainHTTP: Bool
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        transport: HTTPTransport, credentials: Credentials, allowsPlainHTTP: Bool,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.transport = transport
        self.credentials = credentials
        self.allowsPlainHTTP = allowsPlainHTTP
        self.now = now
    }

    /// A token that is good for some time. One that was refused is given as `refused`, and fetched anew.
    func token(for key: Key, refused: String? = nil) async throws -> String {
        let task: Task<String, any Error>? = state.withLock { state in
            if let entry = state.kept[key], entry.token != refused, entry.end > now() { return nil }
            if let task = state.underway[key] { return task }
            let task = Task { try await self.fetch(key) }
            state.underway[key] = task
            return task
        }
        guard let task else {
            if let token = state.withLock({ $0.kept[key]?.token }) { return token }
            return try await token(for: key, refused: refused)
        }
        // Not cancelled with the caller: others wait for the same token, and the time of a request is bounded.
        return try await task.value
    }

    private func fetch(_ key: Key) async throws -> String {
        let start = now()
        do {
            let answer = try await ask(key)
            // No rights is no failure here: the registry then refuses the token.
            guard let token = [answer.token, answer.accessToken].compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
                throw HTTPFailure(method: "GET", url: key.realm, reason: .invalidBody("it holds no token"))
            }
            guard token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
                throw HTTPFailure(method: "GET", url: key.realm, reason: .invalidBody("its token is none"))
            }
            let seconds = min(max(answer.expiresIn ?? 60, 0), 86_400) * Self.usablePart
            state.withLock { state in
                state.kept[key] = Entry(token: token, end: start + .milliseconds(Int64(seconds * 1000)))
                state.underway[key] = nil
            }
            return token
        } catch {
            state.withLock { $0.underway[key] = nil }
            guard var failure = error as? HTTPFailure, let status = failure.status, !failure.isTemporary else {
                throw error
            }
            // A 404 of the token server must not look like a repository that is not there.
            failure.reason = .tokenRefused(status)
            throw failure
        }
    }

    private func ask(_ key: Key) async throws -> Answer {
        guard key.realm.hasPrefix("https://") || (allowsPlainHTTP && key.realm.hasPrefix("http://")) else {
            throw HTTPFailure(
                method: "GET", url: key.realm,
                reason: .invalidRequest("credentials are not sent to a token server without TLS"))
        }
        let scopes = key.scope.split(separator: " ").map { ("scope", String($0)) }
        let answer: HTTPAnswer
        if case .identityToken(let secret) = credentials {
            let form = [
                ("grant_type", "refresh_token"), ("service", key.service), ("client_id", "layerscope"),
                ("scope", key.scope), ("refresh_token", secret),
            ]
            answer = try await transport.send(
                .init(
                    .POST, key.realm, headers: ["content-type": "application/x-www-form-urlencoded"],
                    body: encodeQuery(form), limit: Self.byteLimit))
        } else {
            let query = encodeQuery([("service", key.service)].filter { !$0.1.isEmpty } + scopes)
            let mark = key.realm.contains("?") ? "&" : "?"
            answer = try await transport.send(
                .init(.GET, key.realm + mark + query, authorization: credentials.basicHeader, limit: Self.byteLimit))
        }
        guard answer.status != 401 else {
            throw HTTPFailure(
                method: "GET", url: answer.url, reason: .status(401),
                diagnostics: HTTPFailure.diagnostics(in: answer.body))
        }
        do {
            return try DocumentParser.decode(Answer.self, from: answer.body, as: .document, limit: Self.byteLimit)
        } catch {
            // Not the reason: it could quote the token.
            throw HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody("it is no token"))
        }
    }
}

extension Credentials {
    /// The `Authorization` of Basic authentication (RFC 7617); nil when there is no name and password.
    var basicHeader: String? {
        guard case .basic(let username, let password) = self else { return nil }
        return "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
    }
}

/// `name=value` pairs, percent-encoded (RFC 3986: all but unreserved characters).
func encodeQuery(_ items: [(String, String)]) -> String {
    items.map { "\($0.0)=\(percentEncode($0.1))" }.joined(separator: "&")
}

/// Percent-encodes all but unreserved characters.
func percentEncode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        let isUnreserved =
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
            || "-._~".utf8.contains(byte)
        if isUnreserved {
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            encoded += byte < 16 ? "%0" : "%"
            encoded += String(byte, radix: 16, uppercase: true)
        }
    }
    return encoded
}
