/// How much a Dockerfile may be; more is an error, so that a hostile file costs neither time nor memory.
package struct DockerfileLimits: Sendable, Equatable {
    /// Bytes of the whole file.
    package var bytes: Int
    /// Bytes of a line without its end; BuildKit's scanner takes 65 535 (bufio.MaxScanTokenSize - 1).
    package var lineBytes: Int
    package var instructions: Int

    package init(bytes: Int = 4 << 20, lineBytes: Int = 65_535, instructions: Int = 10_000) {
        self.bytes = bytes
        self.lineBytes = lineBytes
        self.instructions = instructions
    }
}
