import Foundation
import ImageModel
import NIOHTTP1

/// Lists the repositories of a Docker Hub namespace: Hub's registry has no catalog (Docker Hub API, `List
/// repositories`).
struct HubListing: Sendable {
    private struct Page: Decodable {
        struct Repository: Decodable {
            var name: String
        }
        var results: [Repository]?
        var next: String?
    }

    private struct Login: Encodable {
        var identifier: String
        var secret: String
    }

    private struct Token: Decodable {
        var access_token: String?
    }

    private static let byteLimit = 8 << 20
    private static let pageLimit = 10_000
    let transport: HTTPTransport
    let base: String
    let retry: RetryPolicy

    /// A token for the listing; nil without name and password. Private repositories are listed with one only.
    func token(_ credentials: Credentials) async throws -> String? {
        guard case .basic(let username, let password) = credentials else { return nil }
        let body = try JSONEncoder().encode(Login(identifier: username, secret: password))
        let answer = try await ask(
            .init(
                .POST, base + "/v2/auth/token", headers: ["content-type": "application/json"],
                body: String(decoding: body, as: UTF8.self), limit: 64 << 10))
        guard answer.status != 401 else { throw denied(answer) }
        let token = try? DocumentParser.decode(Token.self, from: answer.body, as: .document, limit: 64 << 10)
        guard let text = token?.access_token, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw HTTPFailure(method: "POST", url: answer.url, reason: .invalidBody("it holds no token"))
        }
        return text
    }

    /// Calls `body` with the names of each page, namespace included. Throws ``HTTPFailure``.
    func repositories(
        of namespace: String, token: String?, _ body: ([String]) async throws -> Void
    ) async throws {
        var path: String? = "/v2/namespaces/\(percentEncode(namespace))/repositories?page_size=100"
        var visited: Set<String> = []
        while let here = path {
            guard visited.insert(here).inserted, visited.count <= Self.pageLimit else {
                throw HTTPFailure(method: "GET", url: base + here, reason: .invalidBody("its pages lead in a circle"))
            }
            let answer = try await ask(
                .init(.GET, base + here, authorization: token.map { "Bearer \($0)" }, limit: Self.byteLimit))
            guard answer.status != 401 else { throw denied(answer) }
            let page: Page
            do {
                page = try DocumentParser.decode(Page.self, from: answer.body, as: .document, limit: Self.byteLimit)
            } catch {
                throw HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody("\(error)"))
            }
            try await body((page.results ?? []).map { "\(namespace)/\($0.name)" })
            guard let next = page.next, !next.isEmpty else { return }
            path = LinkHeader.resolve(Substring(next), against: here)
            if path == nil {
                throw HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody("its next page is no address"))
            }
        }
    }

    private func ask(_ request: HTTPTransport.Request) async throws -> HTTPAnswer {
        var wait = retry.shortest
        for attempt in 0... {
            do {
                return try await transport.send(request)
            } catch let failure as HTTPFailure {
                guard failure.isTemporary, attempt < retry.retries,
                    failure.retryAfter ?? .zero <= retry.longestAsked
                else { throw failure }
                wait = max(retry.wait(after: wait), failure.retryAfter ?? .zero)
            }
            transport.countRetry()
            try await retry.sleep(wait)
        }
        throw CancellationError()
    }

    private func denied(_ answer: HTTPAnswer) -> HTTPFailure {
        HTTPFailure(
            method: "GET", url: answer.url, reason: .status(401),
            diagnostics: HTTPFailure.diagnostics(in: answer.body))
    }
}
