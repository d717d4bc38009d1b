import ArgumentParser
import Database
import Foundation

/// Which database is used.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "A PostgreSQL URL. Default: LAYERSCOPE_DATABASE_URL, layerscope.yml, else a private server.",
            valueName: "url"))
    var url: String?

    @OptionGroup var configuration: ConfigurationOptions

    /// Where the database is.
    enum Place {
        case given(String)
        case embedded(EmbeddedServer)
    }

    /// The server that was named, by option, environment or configuration, or else the embedded one. Throws
    /// ``SecretError``.
    func place(_ configuration: Configuration) throws -> Place {
        let environment = ProcessInfo.processInfo.environment
        if let url, !url.isEmpty { return .given(url) }
        if let named = environment["LAYERSCOPE_DATABASE_URL"], !named.isEmpty { return .given(named) }
        if let secret = configuration.database { return .given(try secret.resolve()) }
        return .embedded(EmbeddedServer())
    }

    /// Opens the database, starting the embedded server if need be, and brings it to this program's schema.
    func open(_ configuration: Configuration) async throws -> LayerscopeDatabase {
        switch try place(configuration) {
        case .given(let url): return try await LayerscopeDatabase.open(url)
        case .embedded(let server):
            if server.status().state == .absent {
                StandardError.line("setting up a private PostgreSQL in \(server.folder.path)")
            }
            let url = try await server.start()
            return try await LayerscopeDatabase.open(url, readerURL: server.readerURL)
        }
    }

    /// Runs something that reads, and closes the database after it.
    func read(_ body: (Reader) async throws -> Void) async throws {
        try await read(try configuration.load(), body)
    }

    /// Runs something that reads, and closes the database after it.
    func read(_ configuration: Configuration, _ body: (Reader) async throws -> Void) async throws {
        let database = try await open(configuration)
        do {
            try await body(Reader(database: database))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
