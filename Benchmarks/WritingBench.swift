import Analysis
import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres

/// Writing what a crawl found: observations staged, merged in one transaction, figures computed and written.
struct WritingBench {
    let images: Int
    let database: LayerscopeDatabase

    private let source = SourceDescription(
        name: "written", kind: .registry, location: "http://localhost", bytesAre: .stored)

    func run() async throws {
        heading("Writing a collection of \(images) images")
        let start = Date(timeIntervalSince1970: 1_770_000_000)
        try await collect(at: start, "from empty")
        try await collect(at: start + 3600, "again, nothing changed")
    }

    private func collect(at start: Date, _ name: String) async throws {
        let clock = ContinuousClock()
        let writer = try await database.begin(source, startedAt: start)
        var rows = 0
        let staging = try await clock.measure {
            for first in stride(from: 0, to: images, by: 500) {
                let observations = (first..<min(images, first + 500)).flatMap { observe($0) }
                rows += observations.reduce(0) { $0 + $1.rows }
                try await writer.record(observations)
            }
        }
        let result = CollectionResult(
            source: source, aspects: [AspectStatus(aspect: Aspect.repositories, outcome: .complete, seen: images / 50)])
        let applying = try await clock.measure {
            try await writer.apply(result, owners: OwnerRules()) { graph, labels in figureUpdate(graph, labels) }
        }
        line("\(name): rows handed over", String(rows))
        line("\(name): staging", staging)
        line("\(name): merging, figures, commit", applying)
        line("\(name): rows per second", decimal(Double(rows) / ((staging + applying) / .seconds(1)), places: 0))
    }

    private func observe(_ image: Int) -> [Observation] {
        let repository = "team\(image / 50 % 20)/service\(image / 50)"
        func digest(_ text: String) -> Digest { Digest.of(Array(text.utf8)) }
        let manifest = digest("manifest \(image)")
        let configuration = digest("configuration \(image)")
        let layers = [
            "base \(image / 50 % 100)", "tools \(image / 50 % 100)", "packages \(image / 10)", "code \(image / 3)",
            "own \(image)",
        ]
        var objects = [
            ObjectObservation(kind: .manifest, key: manifest, bytes: 1500),
            ObjectObservation(kind: .configuration, key: configuration, bytes: 4000),
        ]
        for layer in layers {
            objects.append(
                ObjectObservation(
                    kind: .layer, key: digest(layer), bytes: Int64(layer.utf8.count * 100_000),
                    diffID: digest("tar of " + layer), instruction: "RUN make \(layer)"))
        }
        var found: [Observation] = [
            .item(
                ItemObservation(
                    kind: .image, digest: manifest, imageID: configuration,
                    platform: Platform(os: "linux", architecture: "amd64"),
                    createdAt: Date(timeIntervalSince1970: 1_760_000_000 + Double(image)),
                    labels: ["service": repository], objects: objects)),
            .holding(HoldingObservation(repository: repository, item: manifest)),
            .reference(ReferenceObservation(repository: repository, name: "v\(image % 50)", item: manifest)),
        ]
        if image % 50 == 0 { found.append(.repository(RepositoryObservation(name: repository, isComplete: true))) }
        return found
    }
}

extension Observation {
    /// Rows of tables that an observation is about: an item has one of its own, and two for each of its objects.
    fileprivate var rows: Int {
        if case .item(let item) = self { return 1 + 2 * item.objects.count + item.children.count }
        return 1
    }
}
