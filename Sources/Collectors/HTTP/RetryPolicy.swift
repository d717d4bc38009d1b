/// How long to wait between tries: decorrelated jitter, so that clients that failed together do not come back together
/// (AWS architecture blog, "Exponential Backoff And Jitter").
package struct RetryPolicy: Sendable {
    /// Tries after the first.
    package var retries: Int
    package var shortest: Duration
    package var longest: Duration
    /// The longest `Retry-After` that is waited for.
    package var longestAsked: Duration
    /// Waits. A test's returns at once.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 up to 1.
    package var random: @Sendable () -> Double
    /// The time. A test's stands still or jumps.
    package var now: @Sendable () -> ContinuousClock.Instant

    package init(
        retries: Int = 4, shortest: Duration = .milliseconds(200), longest: Duration = .seconds(20),
        longestAsked: Duration = .seconds(60),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.retries = retries
        self.shortest = shortest
        self.longest = longest
        self.longestAsked = longestAsked
        self.sleep = sleep
        self.random = random
        self.now = now
    }

    /// The wait after the one before: between the shortest and three times that one, never above the longest.
    package func wait(after earlier: Duration) -> Duration {
        let ceiling = max(shortest, min(longest, earlier * 3))
        return shortest + (ceiling - shortest) * random()
    }
}
