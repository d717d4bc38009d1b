import Dockerfile
import Foundation
import TestSupport
import Testing

/// Mutates Dockerfiles and looks whether reading them ends, with a value or with a typed error, and what always holds
/// of a value. `LAYERSCOPE_THOROUGH=1` does a million executions, otherwise 20 000.
@Suite struct `Reading damaged Dockerfiles` {
    static let executions =
        ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1" ? 1_000_000 : 20_000

    static let samples: [[UInt8]] = [
        "# escape=`\nFROM a `\n b\nRUN c",
        "ARG A=${B:-x}\nFROM $A AS b\nENV C=${A##*x} D=${C//a/b}\nRUN $C ${D%?}\nCOPY $C /",
        "FROM a\nRUN <<E <<-'F'\nx\nE\n\ty\n\tF\nCOPY <<\"a b\" /x\nz\na b\n",
        "FROM a\nONBUILD RUN [\"a\", \"\\u00e9\"]\nCMD [1,{}]",
        "FROM a\nRUN --mount=type=cache,target=/x,\"from=b,c\" x \\\n# c\n\n y\nHEALTHCHECK --interval=1s CMD x",
        "FROM a AS x\nWORKDIR /a/../..\nFROM x\nCOPY --from=0 --link --chown=\"a b\" c d\nADD '[' ]\nLABEL a='b\"' \"c d\"=e\\ f",
        "\u{FEFF}# syntax=a b\r\nFROM scratch\r\nENV a b\r\nSHELL [\"x\"]\r\nVOLUME [\"/a\"] \r\nEXPOSE 1 2",
    ].map { Array($0.utf8) }

    static let fixtures = (FixtureFiles.positive + FixtureFiles.negative + FixtureFiles.others).map(\.bytes)

    private static let pieces: [[UInt8]] = [
        "\\\n", "\n", "$", "${", "}", "<<", "\"", "'", "[", "]", "--", "=", "\\", "`", "#", "FROM ", "RUN ", "ONBUILD ",
        "\r",
        "\u{FEFF}", "\0", "é", "\u{301}", ":-", "##*", "//", "AS ", "<<-", ",",
    ].map { Array($0.utf8) }

    /// A few of them again and again, cut to a size that many can be tried of.
    private static func mutant(_ corpus: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = window(corpus.randomElement(using: &random) ?? [], &random)
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 0...20, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 3: bytes = bytes[..<at] + window(corpus.randomElement(using: &random) ?? [], &random)
            case 4: bytes = Array(bytes[..<at])
            default: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return Array(bytes.prefix(600))
    }

    private static func window(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard bytes.count > 300 else { return bytes }
        let start = Int.random(in: 0..<(bytes.count - 300), using: &random)
        let line = bytes[..<start].lastIndex(of: 10).map { $0 + 1 } ?? 0
        return Array("FROM a AS b\n".utf8) + bytes[line..<min(bytes.count, line + 300)]
    }

    @Test
    func `ends with a value or a typed error`() {
        let corpus = Self.samples + Self.fixtures
        var random = SeededGenerator(seed: 4)
        var read = 0
        var refused = 0
        var slowest = Duration.zero
        let clock = ContinuousClock()
        for execution in 0..<Self.executions {
            let bytes = Self.mutant(corpus, &random)
            let start = clock.now
            do throws(DockerfileError) {
                let file = try Dockerfile(parsing: bytes)
                check(file, bytes, execution)
                // Half as often, as it is half of the work.
                if execution.isMultiple(of: 2) { try checkSteps(file, bytes, execution) }
                read += 1
            } catch {
                if let line = error.line { #expect(line >= 1 && line <= bytes.count + 1) }
                refused += 1
            }
            slowest = max(slowest, clock.now - start)
        }
        print("damaged Dockerfiles: \(Self.executions) executions, \(read) read, \(refused) errors, slowest \(slowest)")
        #expect(read > Self.executions / 20)
        #expect(refused > Self.executions / 20)
        // Two cores that are shared by other tests: a bound against what grows without end, no measure of speed.
        #expect(slowest < .seconds(5))
    }

    /// Lines rise, do not overlap and are in the file; stages hold every instruction from the first FROM on.
    private func check(_ file: Dockerfile, _ bytes: [UInt8], _ execution: Int) {
        let count = bytes.count { $0 == 10 } + 1
        var last = 0
        var isSound = true
        for instruction in file.instructions {
            isSound = isSound && instruction.lines.lowerBound > last && instruction.lines.upperBound <= count
            last = instruction.lines.upperBound
        }
        var next = file.stages.first?.instructions.lowerBound ?? -1
        for stage in file.stages {
            isSound =
                isSound && stage.instructions.lowerBound == next
                && file.instructions[next].keyword == "FROM"
            next = stage.instructions.upperBound
        }
        isSound = isSound && next == file.instructions.count
        #expect(isSound, "execution \(execution): \(String(decoding: bytes, as: UTF8.self))")
    }

    /// A step is tied to its own instruction or to none.
    private func checkSteps(_ file: Dockerfile, _ bytes: [UInt8], _ execution: Int) throws(DockerfileError) {
        let vertices = try file.vertices()
        _ = try file.stages(neededFor: nil)
        guard let vertex = vertices.last else { return }
        let found = try StepMatcher(file).instruction(
            stage: vertex.stageName, position: vertex.position, total: vertex.total, text: vertex.text)
        let isSound = found == nil || found == vertex.instruction
        #expect(isSound, "execution \(execution): \(String(decoding: bytes, as: UTF8.self))")
    }
}
