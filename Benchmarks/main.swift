import Database
import Foundation
import Postgres

/// What is measured, and how large.
struct BenchOptions {
    static let usage = """
        usage: layerscope-bench [--only figures|plan|frontier|crawl|writing|builds] [--images N] [--repositories N]
               [--tags N] [--written N] [--builds N] [--rounds N]
          --images        images of the layer graph whose figures are computed, and of the clean-up (1000000)
          --repositories  repositories of the registry that is crawled (400)
          --tags          tags of each of them (10)
          --written       images of the collection that is written (50000)
          --builds        builds of 40 steps whose hit rates are asked for (100000)
          --rounds        how often those that are compared take turns (3)
        Everything takes about 20 minutes on two processors that do other work, too.
        """

    var only: String?
    var images = 1_000_000
    var repositories = 400
    var tags = 10
    var written = 50_000
    var builds = 100_000
    var rounds = 3

    init(_ arguments: some Sequence<String>) throws {
        var words = Array(arguments)[...]
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { throw BenchError(BenchOptions.usage) }
            if word == "--only", ["figures", "plan", "frontier", "crawl", "writing", "builds"].contains(value) {
                only = value
                continue
            }
            guard let number = Int(value), number > 0 else { throw BenchError(BenchOptions.usage) }
            switch word {
            case "--images": images = number
            case "--repositories": repositories = number
            case "--tags": tags = number
            case "--written": written = number
            case "--builds": builds = number
            case "--rounds": rounds = number
            default: throw BenchError(BenchOptions.usage)
            }
        }
    }

    func measures(_ part: String) -> Bool { only == nil || only == part }
}

/// Runs the benchmarks, those that need a server on one of its own, which is gone afterwards.
func runBenchmarks(_ options: BenchOptions) async throws {
    if options.measures("frontier") { try FrontierBench(images: options.images).run() }
    if options.only == "frontier" { return }
    let home = FileManager.default.temporaryDirectory.appending(path: "layerscope-bench-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
        at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
    defer { try? FileManager.default.removeItem(at: home) }
    let server = EmbeddedServer(
        home: home,
        settings: ["shared_buffers": "512MB", "max_wal_size": "8GB", "fsync": "off", "full_page_writes": "off"])
    _ = try await server.start()
    do {
        if options.measures("figures") {
            try await withDatabase("figures", of: server) { database, url in
                try await GraphBench(
                    images: options.images, rounds: options.rounds, database: database, url: url
                ).run()
            }
        }
        if options.measures("plan") {
            try await withDatabase("plan", of: server) { database, url in
                try await PlanBench(images: options.images, database: database, url: url).run()
            }
        }
        if options.measures("crawl") {
            try await withDatabase("crawl", of: server) { database, url in
                try await CrawlBench(
                    repositories: options.repositories, tags: options.tags, rounds: options.rounds, database: database,
                    url: url, folder: home.appending(path: "registry")
                ).run()
            }
        }
        if options.measures("writing") {
            try await withDatabase("writing", of: server) { database, _ in
                try await WritingBench(images: options.written, database: database).run()
            }
        }
        if options.measures("builds") {
            try await withDatabase("builds", of: server) { database, url in
                try await BuildBench(
                    builds: options.builds, rounds: options.rounds, database: database, url: url,
                    folder: home.appending(path: "logs")
                ).run()
            }
        }
        _ = try await server.stop()
    } catch {
        _ = try await server.stop()
        throw error
    }
}

/// Each part has an empty database to itself.
private func withDatabase(
    _ name: String, of server: EmbeddedServer, _ body: (LayerscopeDatabase, String) async throws -> Void
) async throws {
    let admin = try await PostgresConnection.connect(server.adminURL)
    try await server.createDatabase(name, on: admin)
    await admin.close()
    let url = server.url(role: EmbeddedServer.ownerRole, database: name)
    let database = try await LayerscopeDatabase.open(url)
    try await body(database, url)
    await database.close()
}

do {
    try await runBenchmarks(try BenchOptions(CommandLine.arguments.dropFirst()))
} catch let error as BenchError {
    print(error)
    exit(64)
} catch {
    print("\(error)")
    exit(70)
}
