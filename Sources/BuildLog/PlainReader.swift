/// Reads BuildKit's plain progress (`--progress=plain`) of every generation: 2018's fields, the vertex digests of
/// 2020 and 2021, today's.
///
/// A vertex is printed as a header, which repeats whenever the printer comes back to it, lines of its own, and a line
/// that ends it, which may repeat too. Numbers are given as vertices are first printed and begin anew with each build:
/// that is how the builds of a log are told apart.
package struct PlainReader: BuildFormatReader {
    /// Bytes that names, and what is kept with them, may take in one log. A real log has a few hundred names.
    private static let memoryLimit = 64 << 20

    private var open: PlainBuild?
    /// Lines of several builds are mixed: nothing is taken until buildx says that another begins.
    private var isMixed = false
    private var found: [FoundBuild] = []
    private var memory = 0

    package init() {}

    package mutating func read(_ line: LogLine) -> Bool {
        guard line.bytes.first == UInt8(ascii: "#"), let plain = PlainLine(line.bytes) else {
            return open?.readBetween(line) ?? false
        }
        guard memory < Self.memoryLimit else {
            open?.isCut = true
            return false
        }
        if begins(plain) {
            // One that begins in its middle while the other has not ended: neither can be told from the other.
            if plain.number > 1, let open, !open.hasEnded {
                isMixed = true
                self.open = nil
                return false
            }
            isMixed = false
            close()
            open = PlainBuild(line)
        }
        guard open != nil else { return false }
        memory += open?.read(plain, of: line) ?? 0
        return true
    }

    package mutating func finish() -> [FoundBuild] {
        close()
        return found
    }

    private mutating func close() {
        found += open?.finish() ?? []
        open = nil
    }

    /// Whether a build begins with this line: with what buildx says first, with a name that only a build has where
    /// none is open, or with a number that stands for another vertex now.
    private func begins(_ line: PlainLine) -> Bool {
        guard case .text = line.content else {
            if case .field = line.content, open == nil, !isMixed { return PlainBuild.isField(line.rest) }
            return false
        }
        if line.number == 0 { return line.rest.starts(with: "building with \"".utf8) }
        guard let open else { return !isMixed && PlainBuild.isTelling(line.rest) }
        return open.isOtherBuild(line)
    }
}
