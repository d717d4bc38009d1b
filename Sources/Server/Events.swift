import Foundation
import HTTPTypes
package import Hummingbird
package import Observations
import Reporting

/// Where the events go that registries tell of.
package protocol EventSink: Sendable {
    /// Keeps what is new among events. Returns how many were, once they are stored. Throws ``UnknownSourceError``.
    func record(_ events: [RegistryEvent], from source: String) async throws -> Int
}

/// Takes what registries tell of by themselves: `POST /api/v1/sources/{source}/events`.
///
/// A registry sends again what is not answered with success, so success is said only of what is stored.
package struct Events: Sendable {
    private let sink: any EventSink

    package init(sink: any EventSink) { self.sink = sink }

    /// Adds the route.
    package func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.post("/api/v1/sources/:source/events") { request, context in
            try await take(request, from: try context.parameters.source())
        }
    }

    private func take(_ request: Request, from source: String) async throws -> Response {
        // Browsers say which page sends; registries are no browsers. A page elsewhere could otherwise post to a server on
        // loopback, or with the password that the browser keeps.
        guard request.headers[.origin] == nil else {
            return Response.problem(.forbidden, "events come from registries, not from pages")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: RegistryEvent.byteLimit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return Response.problem(
                .contentTooLarge, "the notification is larger than \(RegistryEvent.byteLimit) bytes")
        }
        do {
            let events = try RegistryEvent.parse(
                Data(body.readableBytesView), contentType: request.headers[.contentType])
            let added = try await sink.record(events, from: source)
            return Response.json(
                JSONValue.object([
                    .init("events", .integer(Int64(events.count))), .init("new", .integer(Int64(added))),
                ]).json + "\n")
        } catch let error as RegistryEventError {
            let status: HTTPResponse.Status =
                switch error.kind {
                case .tooLarge: .contentTooLarge
                case .unknownType: .unsupportedMediaType
                case .invalid, .withoutDigests: .badRequest
                }
            return Response.problem(status, error.description)
        } catch let error as UnknownSourceError {
            return Response.problem(.notFound, error.description)
        }
    }
}

extension Parameters {
    /// The source that an address names. Throws `400` when it is no text.
    func source() throws -> String {
        guard let source = try require("source").removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "the source's name in the address is not UTF-8")
        }
        return source
    }
}
