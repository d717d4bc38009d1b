package import Hummingbird
package import Reporting

/// Who answers what would be freed if something went.
package protocol WhatIfSource: Sendable {
    /// One row for each name, and the totals of all of them together. Throws ``UnknownSourceError`` and
    /// ``UnknownNameError``.
    func whatIf(_ names: [String], in source: String) async throws -> Listing
}

/// Names of which a source has nothing.
package struct UnknownNameError: Error, Sendable, Equatable, CustomStringConvertible {
    package var names: [String]

    package init(_ names: [String]) { self.names = names }

    package var description: String { "nothing is named \(names.joined(separator: ", ")); /api/v1/tags lists names" }
}

/// Answers `GET /api/v1/sources/{source}/what-if?name=…` as the command line's `plan --what-if` does.
package struct WhatIfQuestions: Sendable {
    /// The most names of one question.
    static let nameLimit = 100

    private let source: any WhatIfSource

    package init(source: any WhatIfSource) { self.source = source }

    /// Adds the route.
    package func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.get("/api/v1/sources/:source/what-if") { request, context in
            try await answer(request, try context.parameters.source())
        }
    }

    private func answer(_ request: Request, _ place: String) async throws -> Response {
        var names: [String] = []
        for (key, value) in request.uri.queryParameters {
            guard key == "name", !value.isEmpty else {
                return Response.problem(
                    .badRequest, "there is no parameter \"\(key)\"; there is name, with what may go")
            }
            names.append(String(value))
        }
        guard (1...Self.nameLimit).contains(names.count) else {
            return Response.problem(.badRequest, "give one to \(Self.nameLimit) names: ?name=team/app:1&name=team/web")
        }
        do {
            return Response.json(try await source.whatIf(names, in: place).text(.json))
        } catch let error as UnknownSourceError {
            return Response.problem(.notFound, error.description)
        } catch let error as UnknownNameError {
            return Response.problem(.notFound, error.description)
        }
    }
}
