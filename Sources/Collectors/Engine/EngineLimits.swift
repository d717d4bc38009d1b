/// How long an engine may take, and how much it may send.
package struct EngineLimits: Sendable, Equatable {
    /// Until a connection stands.
    package var connect: Duration = .seconds(10)
    /// Between two parts of an answer.
    package var idle: Duration = .seconds(60)
    /// For an answer in all. Listing ten thousand images takes an engine a few seconds.
    package var answer: Duration = .seconds(180)
    /// For the engine's own disk usage: Docker and Podman may walk every container's files for it.
    package var diskUsage: Duration = .seconds(600)
    /// Bytes of a list: 20,000 images are about 20 MB.
    package var listBytes = 256 << 20
    /// Bytes of what is told of one image.
    package var documentBytes = 16 << 20
    /// Requests under way at once.
    package var concurrency = 8

    package init() {}
}
