import Analysis
import Collectors
import Database
import Figures
import Foundation
import Observations
import Postgres

/// A crawl of a real registry from empty and again unchanged, against what a load generator gets from the same registry
/// for the same requests, and against skopeo doing the same listing.
///
/// The three take turns, in another order each round, and are compared within a round: whatever else the machine does
/// hits all of them.
struct CrawlBench {
    let repositories: Int
    let tags: Int
    let rounds: Int
    let database: LayerscopeDatabase
    let url: String
    let folder: URL

    /// A crawl's kind, with what it asks.
    private struct Kind {
        let name: String
        let requests: [LoggedRequest]
        var crawl = TrafficRounds()
        var writing: [Double] = []
        var wrk = TrafficRounds()
        var plain = TrafficRounds()
    }

    func run() async throws {
        heading("Crawling docker-registry: \(repositories) repositories of \(tags) tags")
        guard try await isInstalled("docker-registry") else {
            line("skipped", "docker-registry is not installed")
            return
        }
        line("load average", loadAverage())
        let tree = RegistryTree(repositories: repositories, tags: tags, folder: folder)
        try tree.write()
        let registry = try await RunningRegistry(over: folder)
        defer { registry.stop() }
        let meter = TrafficMeter(registry: registry, database: try await postmaster())
        var kinds = try await warmUp(registry, meter)
        let wrk = try await isInstalled("wrk") ? LoadGenerator(folder: folder, host: registry.host) : nil
        for round in 0..<rounds {
            for kind in kinds.indices {
                for turn in 0..<3 {
                    switch (turn + round) % 3 {
                    case 0:
                        let (crawl, writing) = try await crawl(registry, meter, "round \(round)")
                        kinds[kind].crawl.rounds.append(crawl)
                        kinds[kind].writing.append(writing)
                    case 1:
                        guard let wrk else { continue }
                        kinds[kind].wrk.rounds.append(try await wrk.run(kinds[kind].requests, meter))
                    default:
                        let (requests, plain) = (kinds[kind].requests, PlainClient(host: registry.host))
                        kinds[kind].plain.rounds.append(try await meter.measure { try await plain.run(requests) })
                    }
                }
            }
        }
        for kind in kinds { report(kind) }
        line("load average", loadAverage())
        if let empty = kinds.first { try await compareSkopeo(registry, tree, empty.crawl) }
    }

    /// One crawl of each kind that is not counted: what it asks is what the others ask.
    private func warmUp(_ registry: RunningRegistry, _ meter: TrafficMeter) async throws -> [Kind] {
        var kinds: [Kind] = []
        var known = 0
        for name in ["from empty", "again, unchanged"] {
            _ = try await crawl(registry, meter, "first")
            let requests = try registry.requests()
            kinds.append(Kind(name: name, requests: Array(requests.dropFirst(known))))
            known = requests.count
        }
        return kinds
    }

    /// One collection into a source, and the seconds that applying it took.
    private func crawl(
        _ registry: RunningRegistry, _ meter: TrafficMeter, _ source: String
    ) async throws -> (Traffic, writing: Double) {
        var options = RegistryOptions(registry: registry.host)
        options.name = source
        let collector = try RegistryCollector(options)
        let writer = try await database.begin(
            SourceDescription(name: source, kind: .registry, location: registry.host, bytesAre: .stored),
            startedAt: Date())
        let context = CollectionContext(sink: writer, documents: database.documentStore(for: source))
        var result: CollectionResult?
        let traffic = try await meter.measure {
            result = try await collector.collect(context)
            return collector.statistics.requests
        }
        guard let result, result.isComplete else { throw BenchError("the crawl was not complete") }
        let writing = try await ContinuousClock().measure {
            try await writer.apply(result, owners: OwnerRules()) { graph, labels in figureUpdate(graph, labels) }
        }
        return (traffic, writing / .seconds(1))
    }

    private func report(_ kind: Kind) {
        line("\(kind.name): requests", String(kind.requests.count))
        kind.crawl.report("\(kind.name), the crawl")
        line("  writing it, seconds", Spread(kind.writing), places: 3)
        kind.plain.report("\(kind.name), the HTTP client alone")
        line("  share of it that the crawl reached", kind.crawl.share(of: kind.plain), places: 0, unit: " %")
        guard !kind.wrk.rounds.isEmpty else {
            line("wrk", "not installed, skipped")
            return
        }
        kind.wrk.report("\(kind.name), wrk")
        line("  share of it that the HTTP client alone reached", kind.plain.share(of: kind.wrk), places: 0, unit: " %")
        line("  share of it that the crawl reached", kind.crawl.share(of: kind.wrk), places: 0, unit: " %")
        line("  the same by processor time", kind.crawl.workShare(of: kind.wrk), places: 0, unit: " %")
    }

    /// The number of PostgreSQL's main process, which all its others are children of.
    private func postmaster() async throws -> Int32 {
        let connection = try await PostgresConnection.connect(url)
        let row = try await connection.query("SELECT pg_backend_pid()").rows.first
        let status = try row.flatMap { ProcessStatus(try $0.int4(0)) }
        await connection.close()
        guard let status else { throw BenchError("PostgreSQL's process is not to be seen") }
        return status.parent
    }

    /// skopeo lists the tags of a repository, and inspects each: one process each time, as a script would.
    private func compareSkopeo(_ registry: RunningRegistry, _ tree: RegistryTree, _ crawl: TrafficRounds) async throws {
        guard try await isInstalled("skopeo") else {
            line("skopeo", "not installed, skipped")
            return
        }
        let sample = min(5, repositories)
        let time = try await ContinuousClock().measure {
            for repository in 0..<sample {
                let name = "docker://\(registry.host)/\(tree.name(repository))"
                try await runProgram(["skopeo", "list-tags", "--tls-verify=false", name])
                for tag in 0..<tags {
                    try await runProgram(["skopeo", "inspect", "--tls-verify=false", "\(name):v\(tag)"])
                }
            }
        }
        let ours = Double(tree.images) / Spread(crawl.rounds.map(\.time)).median
        let theirs = Double(sample * tags) / (time / .seconds(1))
        line("images per second, crawled from empty", decimal(ours, places: 0))
        line("images per second, skopeo list-tags and inspect", decimal(theirs, places: 0))
        line("  times as many", decimal(ours / theirs, places: 1))
    }
}
