import Foundation
import ImageModel
import NIOCore
import NIOHTTP1

extension EngineClient {
    /// What a failed request means, and what the operator can do.
    func explain(_ error: any Error, method: HTTPMethod = .GET, path: String) -> any Error {
        if error is CancellationError || error is EngineError { return error }
        let place = endpoint.location
        if let error = error as? IOError, error.errnoCode == EACCES || error.errnoCode == EPERM {
            return EngineError(
                .forbidden, place, "this user may not open the socket",
                hint: "run as a user who may, such as a member of the group docker")
        }
        guard let failure = HTTPFailure.from(error, method: method.rawValue, url: place + path) else { return error }
        let request = "\(method.rawValue) \(path)"
        let said = failure.diagnostics.map(\.message).filter { !$0.isEmpty }.map { ": " + quoted($0) }.first ?? ""
        switch failure.reason {
        case .status(let code):
            return EngineError(
                .status(code), place, "\(request) answered with status \(code)\(said)",
                hint: code >= 500 ? "see the engine's own log" : "")
        case .unreachable(let detail):
            return EngineError(.unreachable, place, "cannot be reached: \(detail)\(sshNote)", hint: startHint)
        case .connectionLost:
            return EngineError(
                .cut, place, "the connection was cut during \(request)\(sshNote)",
                hint: "see whether the engine was restarted, then collect again")
        case .timedOut:
            return EngineError(
                .timedOut, place, "\(request) took too long\(sshNote)", hint: "see whether the engine is busy or hangs")
        case .untrusted(let detail):
            return EngineError(
                .unreachable, place, "TLS failed: \(detail)",
                hint: "check ca.pem, cert.pem and key.pem, and that the engine's certificate names this host")
        case .tooLarge(let limit):
            return EngineError(.tooLarge, place, "\(request) answered with more than \(limit) bytes")
        case .tokenRefused, .invalidBody, .badRedirect, .rateLimited, .outOfTime, .invalidRequest:
            return EngineError(.malformed, place, "\(request): \(failure.reason)\(said)")
        }
    }

    /// What `ssh` said, if it failed.
    private var sshNote: String {
        let words = sshWords
        return words.isEmpty ? "" : "; ssh said \(quoted(words))"
    }

    private var startHint: String {
        switch endpoint.transport {
        case .socket: "start the engine, or name another with --host"
        case .tcp: "check the address, and that the engine listens there"
        case .ssh(let target): "try `ssh \(target.host) \(target.program.rawValue) version`"
        }
    }

    /// Decodes an answer. Throws ``EngineError`` that names the place in the document.
    func decode<T: Decodable>(_ type: T.Type, _ body: Data, path: String, limit: Int? = nil) throws(EngineError) -> T {
        do {
            return try DocumentParser.decode(
                type, from: body, as: .document, limit: limit ?? self.limits.listBytes)
        } catch {
            throw EngineError(
                .malformed, endpoint.location, "GET \(path) answered with what cannot be read: \(error)")
        }
    }

    /// Asks for a path and decodes the answer.
    func get<T: Decodable>(
        _ type: T.Type, _ path: String, _ query: [(String, String)] = [], limit: Int? = nil,
        within time: Duration? = nil
    ) async throws -> T {
        let answer = try await get(path, query, limit: limit, within: time)
        return try decode(type, answer.body, path: path)
    }
}
