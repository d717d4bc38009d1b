internal import ImageModel

/// What a plain log told of one vertex.
struct PlainVertex: Sendable {
    enum Ending: Sendable, Equatable {
        case cached
        case done
        case canceled
        case failed
    }

    var number: Int
    /// As its headers were printed, each once: a vertex that several targets or stages share goes under the name that
    /// was sent last. Empty when the log shows only what came after its header.
    var names: [String] = []
    /// Of the last line that ended it.
    var ending: Ending?
    /// Nanoseconds, of the last DONE.
    var duration: Int64?
    var error: String?
    var digest: Digest?
    /// It printed something, or its status did: it was at work.
    var isActive = false
    /// Nanoseconds since 1970, by the clock of what prefixed the lines.
    var headerTime: Int64?
    var endTime: Int64?
    /// When it ran, in nanoseconds since 1970, where the log tells (2018).
    var intervals: [ClosedRange<Int64>] = []
    /// Of the interval that has no end yet.
    var started: Int64?

    var name: String? { names.first }
}
