import BuildLog
import BuildModel
import Foundation
import TestSupport
import Testing

/// Logs that are cut, broken, foreign or far too long: nothing crashes, nothing is made up.
@Suite struct DamagedLogTests {
    @Test(arguments: [Sample.build, Sample.failure]) func `a log cut anywhere tells the beginning of the same build`(
        text: String
    ) throws {
        let bytes = Array(text.utf8)
        let whole = try readLog(bytes: bytes).builds[0].build
        var read = 0
        for count in 0..<bytes.count {
            guard let log = try? readLog(bytes: Array(bytes[..<count])) else { continue }
            read += 1
            #expect(log.builds.count == 1)
            let build = log.builds[0].build
            #expect(build.steps.count <= whole.steps.count)
            for (cut, step) in zip(build.steps, whole.steps) {
                #expect(step.name.hasPrefix(cut.name))
                // Not yet over, or not yet shown to be there; never a hit or a miss that the whole log does not know.
                if cut.name == step.name, cut.outcome != step.outcome {
                    #expect(
                        cut.outcome == .canceled || cut.outcome == .skipped
                            || (step.kind != .instruction && cut.outcome == .completed))
                }
            }
            #expect(build.hits <= whole.hits && build.misses <= whole.misses)
            #expect(build.result == .unknown || build.result == whole.result)
        }
        #expect(read > bytes.count / 2)
    }

    @Test func `a log that begins anywhere is read, or says that it cannot be`() throws {
        let bytes = Array(Sample.build.utf8)
        for start in bytes.indices {
            do {
                let log = try readLog(bytes: Array(bytes[start...]))
                let build = log.builds[0].build
                #expect(log.builds.count == 1 && build.misses <= 2 && build.hits <= 2)
            } catch let error as BuildLogError {
                switch error {
                case .noBuild, .unreadable: break
                case .terminalRecording: Issue.record("there is no recording")
                }
            }
        }
    }

    @Test func `control bytes and what is no UTF-8 stay inside their step`() throws {
        var bytes = Array("#1 [1/2] RUN a\n#1 0.1 ".utf8)
        bytes += (0...255).map { UInt8($0) }.filter { $0 != 0x0A && $0 != 0x1B } + [0x1B, 0x5B]
        bytes += Array(
            "\n#1 0.2 \u{1B}]0;title\u{07}\u{1B}[\n#1 0.3 \u{1B}\n#1 CACHED\n#2 [2/2] RUN \u{0}b\n#2 DONE 0.1s\n".utf8)
        let log = try readLog(bytes: bytes)
        #expect(log.outcomes() == ["hit RUN a", "miss RUN \u{0}b"])
    }

    @Test func `a line longer than the limit is cut and named`() throws {
        var reader = BuildLogReader()
        reader.read(Array("#1 [1/1] RUN a\n#1 0.1 ".utf8)[...])
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        for _ in 0..<40 { reader.read(piece[...]) }
        reader.read(Array("\n#1 CACHED\n".utf8)[...])
        let log = try reader.finish()
        #expect(log.outcomes() == ["hit RUN a"])
        #expect(log.gaps == ["line 2 is longer than 1048576 bytes: its end is not read"])
        #expect(log.lines == 3)
    }

    @Test func `memory does not grow with what a step prints`() throws {
        let line = "#2 12.31 " + String(repeating: "some output of a step ", count: 40) + "\n"
        let piece = Array(String(repeating: line, count: 1 + (1 << 16) / line.utf8.count).utf8)
        var reader = BuildLogReader()
        reader.read(Array("#1 [1/2] RUN a\n#1 CACHED\n#2 [2/2] RUN b\n".utf8)[...])
        func feed(_ bytes: Int) { for _ in 0..<(bytes / piece.count) { reader.read(piece[...]) } }
        feed(10 << 20)
        let before = try residentBytes()
        feed(100 << 20)
        let after = try residentBytes()
        reader.read(Array("#2 DONE 20.0s\n".utf8)[...])
        #expect(after - before < 8 << 20)
        let log = try reader.finish()
        #expect(log.outcomes() == ["hit RUN a", "miss RUN b"])
        #expect(log.builds[0].build.steps[1].duration == 20_000_000_000)
    }

    @Test func `memory does not grow with names without end`() throws {
        var reader = BuildLogReader()
        let name = String(repeating: "n", count: 60_000)
        for number in 1...3000 {
            reader.read(Array("#\(number) [1/2] RUN \(number) \(name)\n#\(number) CACHED\n".utf8)[...])
        }
        let build = try reader.finish().builds[0].build
        #expect(build.steps.count < 1200)
        #expect(!build.gaps.isEmpty)
    }

    @Test func `jobs without end are read to a limit, and the rest is named`() throws {
        var reader = BuildLogReader()
        for number in 1...1500 {
            reader.read(Array("job\(number)\t#1 [1/1] RUN a\njob\(number)\t#1 CACHED\n".utf8)[...])
        }
        let log = try reader.finish()
        #expect(log.builds.count == 999)
        #expect(
            log.gaps == ["lines 1999–3000: progress of a build that begins before the log or is mixed with another"])
    }

    private func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(status.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * 4096
    }
}
