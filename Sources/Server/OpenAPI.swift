import Figures
import Reporting

/// The API's own description (OpenAPI 3.1), made from the tables' columns so that it cannot drift from them.
enum OpenAPI {
    static func document(of source: any TableSource) async throws -> JSONValue {
        var paths: [JSONValue.Member] = [.init("/healthz", health)]
        for view in source.views {
            let columns = try await source.table(TableRequest(view, limit: 1)).columns
            paths.append(.init("/api/v1/\(view)", operation(view, columns)))
            paths.append(.init("/api/v1/\(view).csv", csvOperation(view)))
        }
        for table in CacheTable.allCases {
            let columns = try await source.cacheTable(table, project: nil).columns
            paths += cachePaths(table, columns)
        }
        if source.views.contains("builds") {
            paths += buildPaths(
                builds: try await source.table(TableRequest("builds", limit: 1)).columns,
                steps: try await source.table(TableRequest("steps", limit: 1)).columns)
        }
        paths += sourcePaths
        return .object([
            .init("openapi", .text("3.1.0")),
            .init(
                "info",
                .object([
                    .init("title", .text("Layerscope")),
                    .init("version", .text("1")),
                    .init("description", .text("Every figure of container-image storage, in bytes, as tables.")),
                ])),
            .init("paths", .object(paths)),
            .init(
                "components",
                .object([
                    .init("parameters", .object(parameters)),
                    .init(
                        "securitySchemes",
                        .object([
                            .init(
                                "token",
                                .object([.init("type", .text("http")), .init("scheme", .text("bearer"))]))
                        ])),
                ])),
        ])
    }

    private static let parameters: [JSONValue.Member] = [
        parameter("filter", "A condition: column=value, column!=value, column~glob, column>=number.", repeats: true),
        parameter("sort", "A column to sort by; a leading hyphen sorts downwards.", repeats: true),
        parameter("limit", "The most rows of one answer.", type: "integer"),
        parameter("offset", "How many rows to leave out at the start.", type: "integer"),
    ]

    private static let health = JSONValue.object([
        .init(
            "get",
            .object([
                .init("summary", .text("Whether the server and its database answer.")),
                .init("responses", responses(.object([.init("text/plain", .object([]))]))),
            ]))
    ])

    private static func parameter(
        _ name: String, _ description: String, type: String = "string", repeats: Bool = false
    ) -> JSONValue.Member {
        let one = JSONValue.object([.init("type", .text(type))])
        let schema = repeats ? JSONValue.object([.init("type", .text("array")), .init("items", one)]) : one
        return .init(
            name,
            .object([
                .init("name", .text(name)), .init("in", .text("query")), .init("description", .text(description)),
                .init("schema", schema),
            ]))
    }

    private static func operation(_ view: String, _ columns: [Table.Column]) -> JSONValue {
        .object([.init("get", get("The table \(view).", names: parameters.map(\.name), listing(columns)))])
    }

    /// What answers with rows of a table.
    static func listing(_ columns: [Table.Column]) -> JSONValue {
        let row = JSONValue.object([
            .init("type", .text("object")),
            .init("properties", .object(columns.map { .init($0.name, schema(of: $0.kind)) })),
        ])
        let answer = JSONValue.object([
            .init("type", .text("object")),
            .init(
                "properties",
                .object([
                    .init("rows", .object([.init("type", .text("array")), .init("items", row)])),
                    .init("totals", .object([.init("type", .text("object"))])),
                    .init("checks", .object([.init("type", .text("array"))])),
                    .init("coverage", .object([.init("type", .text("object"))])),
                ])),
        ])
        return JSONValue.object([.init("application/json", .object([.init("schema", answer)]))])
    }

    private static func csvOperation(_ view: String) -> JSONValue {
        let content = JSONValue.object([.init("text/csv", .object([]))])
        return .object([
            .init("get", get("The table \(view) as CSV, all rows.", names: parameters.map(\.name), content))
        ])
    }

    private static func get(_ summary: String, names: [String], _ content: JSONValue) -> JSONValue {
        let references = names.map {
            JSONValue.object([.init("$ref", .text("#/components/parameters/\($0)"))])
        }
        return .object([
            .init("summary", .text(summary)), .init("parameters", .list(references)),
            .init("responses", responses(content)),
        ])
    }

    static func responses(_ content: JSONValue) -> JSONValue {
        .object([
            .init("200", .object([.init("description", .text("the answer")), .init("content", content)])),
            .init("400", .object([.init("description", .text("a parameter that does not fit"))])),
            .init("401", .object([.init("description", .text("a token is needed"))])),
        ])
    }

    static func schema(of kind: Table.Kind) -> JSONValue {
        let type =
            switch kind {
            case .count, .bytes: "integer"
            case .ratio: "number"
            case .flag: "boolean"
            case .list: "array"
            case .object: "object"
            case .text, .digest, .time: "string"
            }
        var members: [JSONValue.Member] = [.init("type", .list([.text(type), .text("null")]))]
        if kind == .time { members.append(.init("format", .text("date-time"))) }
        if kind == .bytes { members.append(.init("description", .text("bytes"))) }
        return .object(members)
    }
}
