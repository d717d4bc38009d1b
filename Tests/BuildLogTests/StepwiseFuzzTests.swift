import BuildLog
import BuildModel
import Foundation
import TestSupport
import Testing

/// Logs changed at random: nothing crashes, and what is read holds together.
@Suite struct StepwiseFuzzTests {
    private static let isThorough = ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1"

    @Test func `no changed log breaks a reader`() {
        let logs = [
            ClassicLogs.fileChanged, ClassicLogs.failed, ClassicLogs.trigger, ClassicLogs.outputLikeSteps,
            BuildahLogs.first, BuildahLogs.withoutLayers, BuildahLogs.parallel, BuildahLogs.platforms,
            BuildahLogs.failed, BuildahLogs.parallelPlatforms, KanikoLogTests.changed,
        ].map { $0.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) } }
        let executions = Self.isThorough ? 1_000_000 : 20_001
        var generator = SeededGenerator(seed: 4)
        var steps = 0
        var done = 0
        while done < executions {
            let lines = mutated(logs, using: &generator)
            for reader in [ClassicReader(), BuildahReader(), KanikoReader()] as [any BuildFormatReader] {
                steps += check(lines, reader)
                done += 1
            }
        }
        print("\(done) executions, \(steps) steps read")
        #expect(steps > executions, "most of it is still read")
    }

    /// A window of one or two logs with a few lines lost, repeated, swapped or spoilt.
    private func mutated(_ logs: [[[UInt8]]], using generator: inout SeededGenerator) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let log = logs[Int.random(in: logs.indices, using: &generator)]
            let end = Bool.random(using: &generator) ? log.count : Int.random(in: 1...log.count, using: &generator)
            lines += log[..<end].suffix(Int.random(in: 8...40, using: &generator))
        }
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !lines.isEmpty {
            let place = Int.random(in: lines.indices, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: lines.remove(at: place)
            case 1: lines.insert(lines[Int.random(in: lines.indices, using: &generator)], at: place)
            case 2: lines.swapAt(place, Int.random(in: lines.indices, using: &generator))
            case 3: lines[place] = Array(lines[place].prefix(Int.random(in: 0...lines[place].count, using: &generator)))
            case 4 where !lines[place].isEmpty:
                let at = Int.random(in: lines[place].indices, using: &generator)
                lines[place][at] = UInt8.random(in: 0...255, using: &generator)
            default:
                let digits = lines[place].indices.filter { (48...57).contains(lines[place][$0]) }
                if let at = digits.randomElement(using: &generator) {
                    lines[place].replaceSubrange(
                        at...at,
                        with: Array("9223372036854775808".utf8.prefix(Int.random(in: 0...19, using: &generator))))
                }
            }
        }
        return lines
    }

    /// The number of steps read.
    private func check(_ lines: [[UInt8]], _ start: any BuildFormatReader) -> Int {
        var reader = start
        for (index, line) in lines.enumerated() {
            _ = reader.read(LogLine(bytes: line[...], number: index + 1, time: nil))
        }
        let found = reader.finish()
        for one in found {
            let build = one.build
            guard one.lines.upperBound <= lines.count, build.steps.map(\.number) == Array(1..<build.steps.count + 1),
                build.hits + build.misses <= build.instructions, build.vertices ?? 0 <= build.steps.count,
                build.cachedVertices ?? 0 <= build.vertices ?? 0, (build.error != nil) == (build.result == .failed),
                build.result != .failed || build.steps.filter({ $0.outcome == .failed }).count <= 1,
                build.steps.allSatisfy({ ($0.outcome == .failed) == ($0.error != nil) }),
                build.steps.allSatisfy({ $0.outcome != .failed || build.result == .failed })
            else {
                Issue.record("\(String(decoding: Array(lines.joined(separator: [10])), as: UTF8.self))\n\(build)")
                return 0
            }
        }
        if reader.finish() != [] { Issue.record("a reader that is done has nothing left") }
        return found.reduce(0) { $0 + $1.build.steps.count }
    }
}
