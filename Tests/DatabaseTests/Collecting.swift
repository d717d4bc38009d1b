import Analysis
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport

/// The digest that stands for a number.
func digest(_ number: Int) -> Digest { Digest.of(Array("thing \(number)".utf8)) }

/// A layer with the key of a number.
func layer(_ number: Int, bytes: Int64?, instruction: String? = nil) -> ObjectObservation {
    ObjectObservation(kind: .layer, key: digest(number), bytes: bytes, instruction: instruction)
}

/// An image with the digest of a number.
func image(_ number: Int, _ objects: [ObjectObservation], labels: [String: String] = [:]) -> ItemObservation {
    ItemObservation(kind: .image, digest: digest(number), labels: labels, objects: objects)
}

/// A registry.
func registry(_ name: String = "registry") -> SourceDescription {
    SourceDescription(name: name, kind: .registry, location: "https://\(name).example", bytesAre: .stored)
}

/// The moment so many seconds after a fixed one.
func second(_ count: Double) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + count) }

extension LayerscopeDatabase {
    /// Collects and applies at once.
    @discardableResult
    func collect(
        _ observations: [Observation], of source: SourceDescription = registry(), at moment: Date = second(0),
        repositories: AspectStatus.Outcome = .complete, others: [AspectStatus] = [], owners: OwnerRules = OwnerRules(),
        scope: CollectionScope = .everything
    ) async throws -> FigureUpdate {
        let writer = try await begin(source, startedAt: moment)
        do { try await writer.record(observations) } catch {
            await writer.discard()
            throw error
        }
        return try await writer.apply(
            CollectionResult(
                source: source, aspects: [AspectStatus(aspect: Aspect.repositories, outcome: repositories)] + others,
                scope: scope),
            owners: owners, figures: figureUpdate)
    }
}

/// Runs the body with a migrated database of its own.
func withDatabase(
    _ body: nonisolated(nonsending) (_ database: LayerscopeDatabase, _ url: String) async throws -> Void
) async throws {
    try await withScratchDatabase { url in
        let database = try await LayerscopeDatabase.open(url, readerURL: scratchReaderURL(url))
        do { try await body(database, url) } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
