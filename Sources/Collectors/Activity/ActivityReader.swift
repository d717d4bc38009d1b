import Foundation
import ImageModel
import Observations

/// Reads a repository's push and pull times, and records those of what the crawl saw. A failure is told in its aspect
/// and never ends the crawl.
struct ActivityReader: Sendable {
    private struct Key: Hashable {
        var digest: Digest
        var tag: String
    }

    let source: any ActivitySource
    let tally: AspectTally

    /// Everything that the product tells of a repository. Asked before the crawl: fetching a manifest that is new to us
    /// is a pull to the product.
    func times(of repository: String) async throws -> [ActivityObservation] {
        var times: [Key: ActivityObservation] = [:]
        do {
            try await source.read(repository) { page in
                for entry in page.entries {
                    let key = Key(digest: entry.digest, tag: entry.tag)
                    times[key] = times[key].map { Self.later($0, entry) } ?? entry
                }
                for tag in page.tagsWithoutDigest {
                    tally.problem(
                        "\(repository):\(ImageReference.isTag(tag) ? tag : quoted(tag))", "comes without a digest",
                        hint: "push the tag again: it is older than its product's record of digests")
                }
            }
        } catch let failure as HTTPFailure {
            tally.problem(repository, failure.description, hint: source.hint(failure))
        } catch let reason as ActivityUnavailable {
            tally.isNotAvailable(reason.description)
        }
        return times.values.sorted { ($0.digest, $0.tag) < ($1.digest, $1.tag) }
    }

    /// Records the times of what was seen.
    func record(_ times: [ActivityObservation], seen: Set<Digest>, in sink: any ObservationSink) async throws {
        let known = times.filter { seen.contains($0.digest) && ($0.tag.isEmpty || ImageReference.isTag($0.tag)) }
        tally.saw(known.count)
        if !known.isEmpty { try await sink.record(known.map { .activity($0) }) }
    }

    /// One manifest may come under several tags, and a list may shift while it is read.
    private static func later(_ left: ActivityObservation, _ right: ActivityObservation) -> ActivityObservation {
        var entry = left
        entry.pushedAt = [left.pushedAt, right.pushedAt].compactMap { $0 }.max()
        entry.pulledAt = [left.pulledAt, right.pulledAt].compactMap { $0 }.max()
        return entry
    }
}
