import Dockerfile

/// The lines of a Dockerfile, each instruction with the comments and blank lines above it.
struct DockerfileText {
    private let lines: [String]
    /// For each instruction its lines, those above it included; positions in ``lines``.
    private let blocks: [Range<Int>]

    init(_ text: String, _ dockerfile: Dockerfile) {
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: Substring($0).utf8, as: UTF8.self) }
        var start = 0
        let count = lines.count
        blocks = dockerfile.instructions.map { instruction in
            defer { start = min(max(instruction.lines.upperBound, start), count) }
            return start..<min(max(instruction.lines.upperBound, start), count)
        }
    }

    /// The file with instructions in another order; what follows the last instruction stays at the end.
    ///
    /// - Parameters:
    ///   - order: indexes of all instructions in their new order.
    ///   - added: lines to put before an instruction.
    func arranged(_ order: [Int], adding added: [Int: String] = [:]) -> String {
        var result: [String] = []
        for index in order {
            if let line = added[index] { result.append(line) }
            result += lines[blocks[index]]
        }
        result += lines[(blocks.last?.upperBound ?? 0)...]
        return result.joined(separator: "\n")
    }
}
