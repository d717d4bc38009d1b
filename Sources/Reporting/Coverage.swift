package import Foundation

/// What the figures rest on: which sources, how completely each was seen, and when.
package struct Coverage: Sendable, Equatable {
    /// One source.
    package struct Source: Sendable, Equatable {
        package var name: String
        /// `engine`, `registry`, `archive` or `builder`.
        package var kind: String
        /// Where it is, without any secret.
        package var location: String
        /// What answered, such as `Docker Engine 20.10.24`; empty when not known.
        package var product: String
        /// Whether the source's bytes are `unpacked` on disk or as `stored`; empty when not known.
        package var bytesAre: String
        /// When the latest collection ended; nil when the source was never collected.
        package var collectedAt: Date?
        package var aspects: [Aspect]

        package init(
            name: String, kind: String, location: String = "", product: String = "", bytesAre: String = "",
            collectedAt: Date? = nil, aspects: [Aspect] = []
        ) {
            self.name = name
            self.kind = kind
            self.location = location
            self.product = product
            self.bytesAre = bytesAre
            self.collectedAt = collectedAt
            self.aspects = aspects
        }

        /// Collections of different scope that the source is described by, each with the time when it ended, the latest
        /// first: names through the API, everything in the storage. Fewer than two where there is but one kind.
        package var looks: [(scope: String, at: Date?)] {
            var looks: [(scope: String, at: Date?)] = []
            for aspect in aspects where !looks.contains(where: { $0.scope == aspect.scope }) {
                looks.append((aspect.scope, aspect.collectedAt))
            }
            return looks.count > 1 ? looks.sorted { ($0.at ?? .distantPast) > ($1.at ?? .distantPast) } : []
        }

        /// Whether every aspect that the source has was seen to its end.
        package var isComplete: Bool { collectedAt != nil && aspects.allSatisfy { !$0.isMissing } }
    }

    /// One aspect of a source.
    package struct Aspect: Sendable, Equatable {
        package var name: String
        /// `complete`, `incomplete`, `failed` or `not_available`.
        package var outcome: String
        package var seen: Int64
        /// How many there are, when the source says.
        package var expected: Int64?
        package var detail: String
        /// What the operator can do about it.
        package var hint: String
        /// How much the collection could see: `everything`, or what names lead to (`named`: a registry's API); empty
        /// when not known.
        package var scope: String
        /// When that collection ended.
        package var collectedAt: Date?

        package init(
            name: String, outcome: String, seen: Int64 = 0, expected: Int64? = nil, detail: String = "",
            hint: String = "", scope: String = "", collectedAt: Date? = nil
        ) {
            self.name = name
            self.outcome = outcome
            self.seen = seen
            self.expected = expected
            self.detail = detail
            self.hint = hint
            self.scope = scope
            self.collectedAt = collectedAt
        }

        /// Whether something that is there was not seen.
        package var isMissing: Bool { outcome != "complete" && outcome != "not_available" }
    }

    package var sources: [Source]
    /// Objects whose size cannot be known: they are in no sum.
    package var unknownObjects: Int64

    package init(sources: [Source] = [], unknownObjects: Int64 = 0) {
        self.sources = sources
        self.unknownObjects = unknownObjects
    }

    /// Whether every source was seen completely.
    package var isComplete: Bool { sources.allSatisfy(\.isComplete) }

    /// The coverage as every JSON document carries it.
    package var json: JSONValue {
        .object([
            .init("complete", .flag(isComplete)),
            .init("unknown_objects", .integer(unknownObjects)),
            .init("sources", .list(sources.map(\.json))),
        ])
    }
}

extension Coverage.Source {
    var json: JSONValue {
        .object([
            .init("source", .text(name)),
            .init("kind", .text(kind)),
            .init("location", .text(location)),
            .init("product", .text(product)),
            .init("bytes_are", .text(bytesAre)),
            .init("collected_at", collectedAt.flatMap(TimeFormat.rfc3339).map { .text($0) } ?? .null),
            .init("complete", .flag(isComplete)),
            .init("aspects", .list(aspects.map(\.json))),
        ])
    }
}

extension Coverage.Aspect {
    var json: JSONValue {
        .object([
            .init("aspect", .text(name)),
            .init("outcome", .text(outcome)),
            .init("seen", .integer(seen)),
            .init("expected", expected.map { .integer($0) } ?? .null),
            .init("detail", .text(detail)),
            .init("hint", .text(hint)),
            .init("scope", .text(scope)),
            .init("collected_at", collectedAt.flatMap(TimeFormat.rfc3339).map { .text($0) } ?? .null),
        ])
    }
}
