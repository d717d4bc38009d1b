package import Foundation

/// A layer in a repository, at the moment it first was there.
package struct PushedLayer: Sendable, Equatable {
    package var repository: String
    /// The instruction that made it, as the image's history has it; nil where history does not tell.
    package var instruction: String?
    /// What tells layers apart.
    package var digest: String
    /// As stored; nil when not known.
    package var bytes: Int64?
    package var firstSeen: Date

    package init(repository: String, instruction: String?, digest: String, bytes: Int64?, firstSeen: Date) {
        self.repository = repository
        self.instruction = instruction
        self.digest = digest
        self.bytes = bytes
        self.firstSeen = firstSeen
    }
}

/// Layers that came again with other content, of one instruction in one repository and week.
package struct Churn: Sendable, Equatable {
    /// ISO 8601, in UTC: `2017-W05`.
    package var week: String
    package var repository: String
    /// Without what differs from builder to builder, see `instructionWords`.
    package var instruction: String
    package var layers: Int
    package var bytes: Int64
    /// Layers of unknown size among them.
    package var unknownLayers: Int

    package init(
        week: String, repository: String, instruction: String, layers: Int, bytes: Int64, unknownLayers: Int
    ) {
        self.week = week
        self.repository = repository
        self.instruction = instruction
        self.layers = layers
        self.bytes = bytes
        self.unknownLayers = unknownLayers
    }
}
