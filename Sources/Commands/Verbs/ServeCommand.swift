import ArgumentParser
import Foundation
import Logging
import Reporting
import Server
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the report, pages for repositories, images and layers, and a JSON API.",
        discussion: """
            On loopback by default. Elsewhere a token is needed, in LAYERSCOPE_TOKEN or a file: browsers give it as \
            the password (any user name), programs as a bearer token. TLS belongs to a proxy in front.

            EXAMPLES
              layerscope serve
              layerscope serve --port 9000
              LAYERSCOPE_TOKEN=$(openssl rand -hex 24) layerscope serve --host 0.0.0.0
              curl http://127.0.0.1:8080/api/v1/usage_by_repository
              curl 'http://127.0.0.1:8080/api/v1/sources/registry/what-if?name=team/app:1'
              curl http://127.0.0.1:8080/api/v1/openapi.json
            """)

    @Option(name: .long, help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(name: .long, help: ArgumentHelp("The port; 0 takes a free one.", valueName: "port"))
    var port = 8080

    @Option(
        name: .long, help: ArgumentHelp("A file with the token that callers present.", valueName: "file"),
        completion: .file())
    var tokenFile: String?

    @Option(name: .long, help: ArgumentHelp("The heading of the overview.", valueName: "text"))
    var title: String?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let configuration = try database.configuration.load()
        let server = try serverConfiguration()
        try await database.read(configuration) { reader in
            let tables = try await DatabaseTables(reader: reader)
            let assembly = ReportAssembly(
                reader: reader, title: title ?? configuration.report.title ?? "Storage report",
                units: configuration.report.units ?? .si, sources: [], cleanup: configuration.cleanup)
            let reports = ReportCache(
                revision: { try await tables.revision() }, make: { try await assembly.report() })
            var logger = Logger(label: "layerscope") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .warning
            let whatIf = WhatIfCache(
                reader: reader, cleanup: configuration.cleanup, units: assembly.units,
                revision: { try await tables.revision() })
            let application = try WebServer.application(
                server, source: tables, events: DatabaseEvents(database: reader.database), whatIf: whatIf,
                reports: reports, logger: logger
            ) { port in
                StandardError.line("serving on http://\(server.host):\(port)/")
            }
            let group = ServiceGroup(
                configuration: .init(services: [application], gracefulShutdownSignals: [], logger: logger))
            try await group.run()
        }
    }

    private func serverConfiguration() throws -> ServerConfiguration {
        do {
            return try ServerConfiguration(host: host, port: port, token: try token().map { try AccessToken($0) })
        } catch let error as ServerError {
            throw CommandFailure(.usage, error.description)
        }
    }

    /// The token of the file or the environment; nil for none.
    private func token() throws -> String? {
        let secret: Secret
        if let tokenFile {
            secret = .file(tokenFile)
        } else if ProcessInfo.processInfo.environment["LAYERSCOPE_TOKEN"]?.isEmpty == false {
            secret = .environment("LAYERSCOPE_TOKEN")
        } else {
            return nil
        }
        return try secret.resolve()
    }
}
