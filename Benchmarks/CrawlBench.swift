import Analysis
import Collectors
import Database
import Figures
import Foundation
import Observations

/// A crawl of a real registry from empty and again unchanged, against what a load generator gets from the same registry
/// for the same requests, and against skopeo doing the same listing.
struct CrawlBench {
    let repositories: Int
    let tags: Int
    let database: LayerscopeDatabase
    let folder: URL

    /// A crawl's time and the requests it made.
    private struct Crawl {
        var time: Duration
        var requests: Int
        var rate: Double { Double(requests) / (time / .seconds(1)) }
    }

    func run() async throws {
        heading("Crawling docker-registry: \(repositories) repositories of \(tags) tags")
        guard try await isInstalled("docker-registry") else {
            line("skipped", "docker-registry is not installed")
            return
        }
        let tree = RegistryTree(repositories: repositories, tags: tags, folder: folder)
        try tree.write()
        let registry = try await RunningRegistry(over: folder)
        defer { registry.stop() }
        let empty = try await crawl(registry, "from empty")
        let asked = try registry.requests()
        let again = try await crawl(registry, "again, unchanged")
        let askedAgain = try Array(registry.requests().dropFirst(asked.count))
        if try await isInstalled("wrk") {
            for (name, own, requests) in [("from empty", empty, asked), ("again", again, askedAgain)] {
                let rate = try await load(registry, requests)
                line("wrk, the same requests as \(name)", decimal(rate, places: 0) + " requests/s")
                line("  share of it that the crawl reached", decimal(own.rate / rate * 100, places: 0) + " %")
            }
        } else {
            line("wrk", "not installed, skipped")
        }
        try await compareSkopeo(registry, tree, empty)
    }

    /// Requests per second of one collection.
    private func crawl(_ registry: RunningRegistry, _ name: String) async throws -> Crawl {
        var options = RegistryOptions(registry: registry.host)
        options.name = "crawled"
        let collector = try RegistryCollector(options)
        let writer = try await database.begin(
            SourceDescription(name: "crawled", kind: .registry, location: registry.host, bytesAre: .stored),
            startedAt: Date())
        let context = CollectionContext(sink: writer, documents: database.documentStore(for: "crawled"))
        var result: CollectionResult?
        let reading = try await ContinuousClock().measure { result = try await collector.collect(context) }
        guard let result, result.isComplete else { throw BenchError("the crawl was not complete") }
        let writing = try await ContinuousClock().measure {
            try await writer.apply(result, owners: OwnerRules()) { graph, labels in figureUpdate(graph, labels) }
        }
        let crawl = Crawl(time: reading, requests: collector.statistics.requests)
        line("\(name): \(crawl.requests) requests", reading)
        line("\(name): requests per second", decimal(crawl.rate, places: 0))
        line("\(name): writing it", writing)
        return crawl
    }

    /// Requests per second that wrk gets when it asks the same, over as many connections. It cannot ask HEAD, which then
    /// is GET.
    private func load(_ registry: RunningRegistry, _ requests: [(method: String, path: String)]) async throws -> Double
    {
        let script = folder.appending(path: "requests.lua")
        let list = requests.map { "\"\($0.path)\"" }.joined(separator: ",\n")
        try Data(
            """
            local list = {\(list)}
            local next = 0
            local accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, " ..
                "application/vnd.docker.distribution.manifest.v2+json, " ..
                "application/vnd.docker.distribution.manifest.list.v2+json"
            function request()
                next = next % #list + 1
                return wrk.format("GET", list[next], {["Accept"] = accept})
            end

            """.utf8
        ).write(to: script)
        let output = try await runProgram(
            ["wrk", "-t1", "-c16", "-d8s", "-s", script.path, "http://\(registry.host)"]
        ).output
        for line in output.split(separator: "\n") where line.hasPrefix("Requests/sec:") {
            if let rate = line.split(separator: " ").last.flatMap({ Double($0) }) { return rate }
        }
        throw BenchError("wrk printed no rate")
    }

    /// skopeo lists the tags of a repository, and inspects each: one process each time, as a script would.
    private func compareSkopeo(_ registry: RunningRegistry, _ tree: RegistryTree, _ crawl: Crawl) async throws {
        guard try await isInstalled("skopeo") else {
            line("skopeo", "not installed, skipped")
            return
        }
        let sample = min(10, repositories)
        let time = try await ContinuousClock().measure {
            for repository in 0..<sample {
                let name = "docker://\(registry.host)/\(tree.name(repository))"
                try await runProgram(["skopeo", "list-tags", "--tls-verify=false", name])
                for tag in 0..<tags {
                    try await runProgram(["skopeo", "inspect", "--tls-verify=false", "\(name):v\(tag)"])
                }
            }
        }
        let ours = Double(tree.images) / (crawl.time / .seconds(1))
        let theirs = Double(sample * tags) / (time / .seconds(1))
        line("images per second, crawled from empty", decimal(ours, places: 0))
        line("images per second, skopeo list-tags and inspect", decimal(theirs, places: 0))
        line("  times as many", decimal(ours / theirs, places: 1))
    }
}
