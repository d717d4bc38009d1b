import Database
import Figures
import Foundation
import Postgres
import Schema
import TestSupport
import Testing

@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct SchemaTests {
    /// The folder `sql`, beside which the tests are.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "sql")

    @Test(arguments: ["migrations", "queries"]) func `the embedded list is the folder`(name: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: name).path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        let listed = name == "migrations" ? SQLFiles.migrations : SQLFiles.queries
        #expect(listed.map { $0.name + ".sql" } == files)
        for file in listed {
            let text = try String(
                contentsOf: Self.folder.appending(path: name).appending(path: file.name + ".sql"), encoding: .utf8)
            #expect(file.text == text, "\(file.name) is embedded as it is in the folder")
        }
    }

    @Test func `every query says who it is for and what it answers`() {
        for file in Statements.files.values {
            #expect(file.header["name"] == file.name)
            #expect(file.header["question"]?.isEmpty == false, "\(file.name)")
            #expect(["user", "internal", "script"].contains(file.header["for"]), "\(file.name)")
        }
        #expect(NamedQuery.all.count >= 15)
    }

    @Test func `the schema takes every statement`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            try await database.pool.withConnection { connection in
                let stage = try #require(Statements.files["stage"])
                try await connection.run(script: stage.text + "SET search_path = layerscope, public;")
                for file in Statements.files.values where file.header["for"] != "script" {
                    for (step, sql) in file.steps {
                        let text = sql.replacing("@source", with: "1").replacing("@current", with: "true")
                        // The steps of one file get the same values, whether they use all of them or not.
                        let types = file.name.hasPrefix("apply_") && file.name != "apply_source"
                        let prepared = types ? "PREPARE step (int4, timestamptz, bool, bool, bool) AS \(text)" : nil
                        await #expect(throws: Never.self, "\(file.name) \(step)") {
                            if let prepared {
                                try await connection.run(script: prepared)
                                try await connection.run(script: "DEALLOCATE step")
                            } else {
                                _ = try await connection.describe(text)
                            }
                        }
                    }
                }
            }
            await database.close()
        }
    }

    @Test func `every query for users runs, with as many values as it says`() async throws {
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url, readerURL: scratchReaderURL(url))
            for query in NamedQuery.all {
                let values = query.parameters.map { $0.name == "limit" ? "5" : $0.name == "time" ? "2026-01-31" : "x" }
                let highest = (1...9).last { query.sql.contains("$\($0)") } ?? 0
                #expect(highest == query.parameters.count, "\(query.name)")
                let table = try await database.query(named: query.name, values)
                #expect(table.name == query.name)
                await #expect(throws: DatabaseError.self) {
                    try await database.query(named: query.name, values + ["one more"])
                }
            }
            await #expect(throws: DatabaseError.self) { try await database.query(named: "no such query") }
            await database.close()
        }
    }

    @Test func `the manual has every view with every column`() async throws {
        let manual = try String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        let sections = manual.split(separator: "\n### ").dropFirst().map(String.init)
        try await withScratchDatabase { url in
            let database = try await LayerscopeDatabase.open(url)
            let views = try await database.views()
            let documented = sections.compactMap { $0.split(separator: "`", maxSplits: 1).first.map(String.init) }
            #expect(documented.sorted() == views)
            for view in views {
                let section = try #require(sections.first { $0.hasPrefix("`\(view)`") || $0.hasPrefix("\(view)`") })
                #expect(section.contains("```sql"), "\(view) has an example")
                for column in try await database.columns(of: view) {
                    #expect(section.contains("| `\(column.name)` |"), "\(view).\(column.name)")
                }
            }
            await database.close()
        }
    }

    @Test func `the manual has every named query`() throws {
        let manual = try String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        for query in NamedQuery.all { #expect(manual.contains("| `\(query.name)` |"), "\(query.name)") }
    }
}
