import BuildLog
import BuildModel
import Foundation
import TestSupport
import Testing

/// Logs changed at random: no crash, and what must hold of any build does. `LAYERSCOPE_THOROUGH=1` runs a million.
@Suite struct LogFuzzTests {
    private static let executions =
        ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1" ? 1_000_000 : 20_000

    private static let pieces: [[UInt8]] =
        [
            "\n", "\r", "\u{1B}[0K", "\u{1B}[", "#", "#1 ", "#0 building with \"x\" instance", " CACHED", " DONE 0.1s",
            " DONE", " ERROR: x", " CANCELED", " ...", "[a/b c 1/2] ", "[9/999999999999999999999] ",
            "[web internal] load x",
            "sha256:", "      digest: sha256:", "      started: 2018-07-12 19:23:27 +0000 UTC",
            "    completed: 2018-07-12 19:23:26 +0000 UTC", "     duration: 1h1m1.5s", "       cached: true",
            "2024-05-15T08:46:10.2041056Z ", "2024-13-45T99:99:99Z ", "job\tstep\t", "\t", " | ", "##[group]",
            "[+] Building 3.4s (5/9)", "999999999999999999", "0.084 ", "ERROR: failed to solve: x", "\u{FEFF}", "é",
            "--from=a",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3]]

    /// A few small changes of the bytes.
    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...80, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 3: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 4: bytes.replaceSubrange(place..<end, with: Self.pieces.randomElement(using: &random) ?? [])
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    private static let seeds: [[UInt8]] = {
        let head = "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.1s\n\n"
        let digest = String(repeating: "d", count: 64)
        return [
            Sample.build, Sample.failure, head + "#2 [1/2] RUN a\n#2 CACHED\n#3 [2/2] RUN b\n#3 0.1 x\n#3 ERROR: y\n",
            head.replacingOccurrences(of: "[internal]", with: "[web internal]")
                + "#2 [api internal] load .dockerignore\n#2 DONE 0.1s\n#3 [web 1/1] RUN a\n#3 CACHED\n",
            "#1 [1/1] RUN a\n#1       digest: sha256:\(digest)\n#1         name: \"[1/1] RUN a\"\n"
                + "#1      started: 2018-07-12 19:23:27 +0000 UTC\n#1    completed: 2018-07-12 19:23:28 +0000 UTC\n",
            "a\tb\t2024-05-15T08:46:10.2041056Z #1 [1/1] RUN a\na\tb\t2024-05-15T08:46:11.2041056Z #1 DONE 1.0s\n",
        ].map { Array($0.utf8) }
    }()

    @Test func `no change of a log breaks the reader`() throws {
        var random = SeededGenerator(seed: 4)
        var builds = 0
        for _ in 0..<Self.executions {
            // Small logs mostly, as most are read in one go.
            let seed = Self.seeds[Int.random(in: 0..<30, using: &random) % 6]
            let bytes = mutate(Bool.random(using: &random) ? Array(seed.prefix(400)) : seed, &random)
            guard let log = try? readLog(bytes: bytes, pieces: Int.random(in: 1...200, using: &random)) else {
                continue
            }
            builds += log.builds.count
            for found in log.builds { try check(found, lines: log.lines) }
        }
        print("the reader of logs read \(Self.executions) changed logs, with \(builds) builds in them")
        #expect(builds > Self.executions / 2)
    }

    private func check(_ found: FoundBuild, lines: Int) throws {
        let build = found.build
        try #require(found.lines.lowerBound >= 1 && found.lines.upperBound <= lines)
        try #require(build.steps.enumerated().allSatisfy { $0 + 1 == $1.number })
        try #require(build.hits + build.misses <= build.instructions)
        try #require(build.steps.count <= build.vertices ?? 0)
        try #require(build.cachedVertices ?? 0 <= build.vertices ?? 0)
        try #require(build.hits <= build.cachedVertices ?? 0)
        try #require(build.steps.allSatisfy { $0.duration ?? 0 >= 0 && $0.startOffset ?? 0 >= 0 })
        try #require(build.duration ?? 0 >= 0 && build.error?.count ?? 0 <= 500)
    }
}
