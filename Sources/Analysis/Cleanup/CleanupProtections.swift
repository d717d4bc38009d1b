package import Figures

/// What must stay, whatever rules select: beside what containers use (``CleanupFacts/users``).
package struct CleanupProtections: Sendable, Equatable {
    /// By item: where it is said that its digest must stay (`pins.txt`). With an index what it lists stays, too; what
    /// lists a pinned image may go.
    package var pinned: [LayerGraph.Index: String]

    package init(pinned: [LayerGraph.Index: String] = [:]) { self.pinned = pinned }
}
