import Figures
import Reporting

extension OpenAPI {
    /// A computed table about builds and their cache, as JSON and as CSV.
    static func cachePaths(_ table: CacheTable, _ columns: [Table.Column]) -> [JSONValue.Member] {
        let csv = JSONValue.object([.init("text/csv", .object([]))])
        let parameters = table.isOfProject ? [project] : []
        return [
            .init("/api/v1/\(table.rawValue)", path("\(table.meaning).", parameters, responses(listing(columns)))),
            .init("/api/v1/\(table.rawValue).csv", path("\(table.meaning), as CSV.", parameters, responses(csv))),
        ]
    }

    /// One build and its steps.
    static func buildPaths(builds: [Table.Column], steps: [Table.Column]) -> [JSONValue.Member] {
        func found(_ columns: [Table.Column]) -> JSONValue {
            .object([
                .init(
                    "200",
                    .object([.init("description", .text("the answer")), .init("content", listing(columns))])),
                .init("401", .object([.init("description", .text("a token is needed"))])),
                .init("404", .object([.init("description", .text("no such build"))])),
            ])
        }
        return [
            .init("/api/v1/builds/{build}", path("One build.", [build], found(builds))),
            .init("/api/v1/builds/{build}/steps", path("The steps of a build, in order.", [build], found(steps))),
        ]
    }

    private static let project = JSONValue.object([
        .init("name", .text("project")), .init("in", .text("query")),
        .init("description", .text("Only builds of this project; <none> for those without one.")),
        .init("schema", .object([.init("type", .text("string"))])),
    ])

    private static let build = JSONValue.object([
        .init("name", .text("build")), .init("in", .text("path")), .init("required", .flag(true)),
        .init("description", .text("A build's number, or BuildKit's reference of it.")),
        .init("schema", .object([.init("type", .text("string"))])),
    ])

    private static func path(_ summary: String, _ parameters: [JSONValue], _ responses: JSONValue) -> JSONValue {
        .object([
            .init(
                "get",
                .object([
                    .init("summary", .text(summary)), .init("parameters", .list(parameters)),
                    .init("responses", responses),
                ]))
        ])
    }
}
