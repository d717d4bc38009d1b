/// How long a builder may take, and how much it may send.
package struct BuildKitLimits: Sendable, Equatable {
    /// Until a connection stands, and until the engine passes it on.
    package var connect: Duration = .seconds(10)
    /// For one answer, and for the whole progress of one build.
    package var answer: Duration = .seconds(180)
    /// For the disk usage: a builder may walk its snapshots for it.
    package var diskUsage: Duration = .seconds(600)
    /// Bytes of one message of a stream: what BuildKit's own client takes [buildkit: util/appdefaults].
    package var messageBytes = 16 << 20
    /// Bytes of the list of cache records: 100,000 are about 30 MB.
    package var listBytes = 128 << 20
    /// Builds of one history; a builder keeps 50 unless told otherwise.
    package var builds = 100_000
    /// Before a lost connection is tried again, doubled with each attempt that fails.
    package var firstPause: Duration = .seconds(1)
    /// The longest such pause.
    package var longestPause: Duration = .seconds(60)

    package init() {}
}
