import HTTPTypes
package import Hummingbird
import Logging

/// Puts the same headers on every answer: nothing is loaded from elsewhere, framed, sniffed or kept by proxies.
package struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            response = try error.response(from: request, context: context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // What went wrong is for the operator's log; it may name hosts or tables that a caller has no business with.
            context.logger.error("failed to answer", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            response = .text("internal error; the server's log says more\n", status: .internalServerError)
        }
        response.headers[.contentSecurityPolicy] = ContentPolicy.pages
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = response.headers[.cacheControl] ?? "private, no-store"
        for (name, value) in ContentPolicy.others { response.headers[name] = value }
        return response
    }
}

/// What a page of ours may do in a browser.
enum ContentPolicy {
    /// Styles and scripts come from this server alone; nothing inline, no frames, no forms to elsewhere.
    static let pages =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    static let others: [(HTTPField.Name, String)] = {
        let fields = [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ]
        return fields.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
    }()
}
