import Figures
import Reporting

extension OpenAPI {
    /// What can be told to one source, and asked of it.
    static let sourcePaths: [JSONValue.Member] = [
        .init("/api/v1/sources/{source}/events", .object([.init("post", events)])),
        .init("/api/v1/sources/{source}/what-if", .object([.init("get", whatIf)])),
    ]

    private static let source = JSONValue.object([
        .init("name", .text("source")), .init("in", .text("path")), .init("required", .flag(true)),
        .init("schema", .object([.init("type", .text("string"))])),
    ])

    private static let events: JSONValue = {
        let types = [
            "application/vnd.docker.distribution.events.v1+json", "application/vnd.docker.distribution.events.v2+json",
            "application/cloudevents+json", "application/json",
        ]
        let counts = JSONValue.object([
            .init("type", .text("object")),
            .init("properties", .object(["events", "new"].map { .init($0, schema(of: .count)) })),
        ])
        return .object([
            .init("summary", .text("Takes the notifications of a registry (distribution's and Harbor's).")),
            .init("parameters", .list([source])),
            .init(
                "requestBody",
                .object([
                    .init("required", .flag(true)),
                    .init("content", .object(types.map { .init($0, .object([])) })),
                ])),
            .init(
                "responses",
                all(
                    answer: .object([.init("application/json", .object([.init("schema", counts)]))]),
                    others: [
                        ("404", "no such source"), ("413", "more bytes than a notification has"),
                        ("415", "no type of a notification"),
                    ])),
        ])
    }()

    private static let whatIf: JSONValue = {
        let columns: [Table.Column] = [
            .init("source", .text), .init("name", .text), .init("items", .count), .init("freed_bytes", .bytes),
            .init("retained_bytes", .bytes), .init("unknown_objects", .count), .init("held_by", .list),
            .init("more_with", .list),
        ]
        let name = JSONValue.object([
            .init("name", .text("name")), .init("in", .text("query")), .init("required", .flag(true)),
            .init("description", .text("What may go: team/app:1, team/app, team/, owner=NAME, a digest. Repeatable.")),
            .init(
                "schema",
                .object([
                    .init("type", .text("array")), .init("items", .object([.init("type", .text("string"))])),
                    .init("minItems", .integer(1)), .init("maxItems", .integer(Int64(WhatIfQuestions.nameLimit))),
                ])),
        ])
        let row = JSONValue.object([
            .init("type", .text("object")),
            .init("properties", .object(columns.map { .init($0.name, schema(of: $0.kind)) })),
        ])
        let body = JSONValue.object([
            .init("type", .text("object")),
            .init(
                "properties",
                .object([
                    .init("rows", .object([.init("type", .text("array")), .init("items", row)])),
                    .init("totals", .object([.init("type", .text("object"))])),
                    .init("coverage", .object([.init("type", .text("object"))])),
                ])),
        ])
        return .object([
            .init("summary", .text("What would be freed if exactly this went: each alone, and all together.")),
            .init("parameters", .list([source, name])),
            .init(
                "responses",
                all(
                    answer: .object([.init("application/json", .object([.init("schema", body)]))]),
                    others: [("404", "no such source, or nothing of that name in it")])),
        ])
    }()

    private static func all(answer: JSONValue, others: [(status: String, meaning: String)]) -> JSONValue {
        guard case .object(let members) = responses(answer) else { return responses(answer) }
        return .object(
            members + others.map { .init($0.status, .object([.init("description", .text($0.meaning))])) })
    }
}
