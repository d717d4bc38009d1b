import Analysis
import BuildModel
import Database
import Foundation
import ImageModel
import Observations

/// Adds builds that were read to the database, in one transaction.
struct BuildRecording {
    var source: String
    var builds: [Build]

    func record(in database: LayerscopeDatabase) async throws {
        let description = SourceDescription(
            name: source, kind: .builder, location: "build logs and records", bytesAre: .stored)
        let writer = try await database.begin(
            description, startedAt: Date(), toolVersion: LayerscopeVersion.current)
        do {
            try await writer.record(builds.map(Observation.build))
            // What could not be read was said, and stands in each build's gaps. It is no lack of the source, of which
            // images and other figures should not be called incomplete: the next log says nothing of this one.
            let aspect = AspectStatus(aspect: "builds", outcome: .complete, seen: builds.count)
            try await writer.apply(
                CollectionResult(source: description, aspects: [aspect]), figures: { figureUpdate($0, $1) },
                builds: { buildFigures($0) })
        } catch {
            await writer.discard()
            throw error
        }
    }

    /// Builds that printed the very same are different builds when they stand in one log: each but the first gets a
    /// digest of its content and its number, which is the same whenever the log is read.
    static func told(apart builds: [Build]) -> [Build] {
        var seen: [Digest: Int] = [:]
        return builds.map { build in
            let number = seen[build.contentDigest, default: 0]
            seen[build.contentDigest] = number + 1
            guard number > 0, build.reference == nil else { return build }
            var other = build
            other.contentDigest = Digest.of("\(build.contentDigest) \(number)".utf8)
            return other
        }
    }
}
