import Foundation
import HTTPTypes
package import Hummingbird

/// Lets in who presents the token: as a Bearer token, or as the password of Basic authentication, which browsers ask
/// for by themselves. `/healthz` needs none.
package struct TokenAuthentication<Context: RequestContext>: RouterMiddleware {
    private let token: AccessToken?

    package init(_ token: AccessToken?) { self.token = token }

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token, request.uri.path != "/healthz" else { return try await next(request, context) }
        guard let given = Self.presented(request.headers[.authorization]), token.matches(given) else {
            var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
            headers[.wwwAuthenticate] = "Basic realm=\"layerscope\", charset=\"UTF-8\""
            return Response(
                status: .unauthorized, headers: headers,
                body: .init(byteBuffer: ByteBuffer(string: "a token is needed\n")))
        }
        return try await next(request, context)
    }

    /// The secret of an `Authorization` header, nil for other schemes.
    static func presented(_ header: String?) -> String? {
        guard let header, let space = header.firstIndex(of: " ") else { return nil }
        let value = String(header[header.index(after: space)...])
        switch header[..<space].lowercased() {
        case "bearer": return value
        case "basic":
            guard let data = Data(base64Encoded: value) else { return nil }
            let pair = String(decoding: data, as: UTF8.self)
            return pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) }
        default: return nil
        }
    }
}

/// Refuses requests under a foreign host name while the server is open on loopback: a page elsewhere could otherwise
/// read it by pointing its own name at this machine (DNS rebinding).
package struct LoopbackHostOnly<Context: RequestContext>: RouterMiddleware {
    private let isActive: Bool

    package init(isActive: Bool) { self.isActive = isActive }

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if isActive, let authority = request.head.authority, !Self.isLoopback(authority) {
            throw HTTPError(.misdirectedRequest, message: "this server answers only under a loopback name")
        }
        return try await next(request, context)
    }

    static func isLoopback(_ authority: String) -> Bool {
        if authority.hasPrefix("[") {
            return ServerConfiguration.isLoopback(String(authority.prefix { $0 != "]" }) + "]")
        }
        return ServerConfiguration.isLoopback(String(authority.prefix { $0 != ":" }))
    }
}
