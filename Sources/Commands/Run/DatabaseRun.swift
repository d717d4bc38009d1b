import Database
import Figures
import Foundation
import Reporting

/// Starts, stops and tells of the database.
struct DatabaseRun {
    func start() async throws {
        let server = EmbeddedServer()
        let url = try await server.start()
        let database = try await LayerscopeDatabase.open(url, readerURL: server.readerURL)
        await database.close()
        StandardError.line("running in \(server.folder.path)")
    }

    func stop() async throws {
        let server = EmbeddedServer()
        StandardError.line(try await server.stop() ? "stopped" : "it was not running")
    }

    func url(_ options: DatabaseOptions) async throws {
        switch try options.place(try options.configuration.load()) {
        case .given(let url): try StandardOutput.write(url + "\n")
        case .embedded(let server): try StandardOutput.write(try await server.start() + "\n")
        }
    }

    func migrate(_ options: DatabaseOptions) async throws {
        let database: LayerscopeDatabase
        switch try options.place(try options.configuration.load()) {
        case .given(let url): database = LayerscopeDatabase(url: url)
        case .embedded(let server):
            database = LayerscopeDatabase(url: try await server.start(), readerURL: server.readerURL)
        }
        do {
            let applied = try await database.migrate()
            StandardError.line(applied.isEmpty ? "up to date" : "applied \(applied.joined(separator: ", "))")
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    func status(_ listing: ListingArguments, _ options: DatabaseOptions) async throws {
        let output = try Output(listing)
        var table = Table(
            name: "database",
            columns: [
                .init("database", .text), .init("state", .text), .init("version", .text), .init("process", .count),
                .init("folder", .text), .init("log", .text),
            ])
        let isRunning: Bool
        switch try options.place(try options.configuration.load()) {
        case .given(let url):
            let database = LayerscopeDatabase(url: url, connections: 1)
            do {
                try await database.ping()
                isRunning = true
                await database.close()
            } catch {
                await database.close()
                throw error
            }
            table.rows.append([.text("given"), .text("running"), .null, .null, .null, .null])
        case .embedded(let server):
            let status = server.status()
            isRunning = status.state == .running
            table.rows.append([
                .text("embedded"), .text(status.state.rawValue), status.version.map { .text($0) } ?? .null,
                status.process.map { .integer(Int64($0)) } ?? .null, .text(status.folder), .text(status.log),
            ])
        }
        try output.print(Listing(table))
        guard isRunning else { throw CommandFailure(.unavailable) }
    }
}
