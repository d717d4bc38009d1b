import BuildLog
import Database
import Figures
import Foundation
import Postgres

/// Reading build logs, beside `grep`, and asking for hit rates of many builds.
struct BuildBench {
    let builds: Int
    let rounds: Int
    let database: LayerscopeDatabase
    let url: String
    let folder: URL

    private static let steps = 40

    func run() async throws {
        try read()
        try await ask()
    }

    /// A log of builds one after the other, four lines of output for each line of progress, as long as several hundred
    /// CI jobs.
    private func read() throws {
        heading("Reading a build log")
        let file = folder.appending(path: "build.log")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bytes = try writeLog(to: file)
        var (own, grep): ([Double], [Double]) = ([], [])
        var found = 0
        for _ in 0..<rounds {
            own.append(
                try time {
                    let handle = try FileHandle(forReadingFrom: file)
                    defer { try? handle.close() }
                    var reader = BuildLogReader()
                    while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
                        reader.read(Array(chunk)[...])
                    }
                    found = try reader.finish().builds.count
                })
            grep.append(try time { _ = try countByGrep(file) })
        }
        line("log", "\(bytes / 1_000_000) MB, \(found) builds found")
        for (name, times) in [("layerscope", own), ("grep -c CACHED", grep)] {
            line("\(name): MB/s, best of \(rounds)", decimal(Double(bytes) / 1e6 / (times.min() ?? 1), places: 0))
        }
        if let peak = peakMemory() { line("peak memory", decimal(Double(peak) / 1e6, places: 0) + " MB") }
    }

    private func time(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        return try clock.measure(body) / .seconds(1)
    }

    private func writeLog(to file: URL) throws -> Int {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw BenchError("\(file.path) cannot be written")
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var bytes = 0
        let output = (101...160).map { number in
            "#STEP 0.\(number) Unpacking libexample\(number):amd64 (1.2.3-4) over (1.2.3-3) ...\n"
        }.joined()
        for build in 0..<1000 {
            var text = "#0 building with \"default\" instance using docker driver\n\n"
            for step in 1...Self.steps {
                text += "#\(step) [stage-\(step / 20) \(step % 20 + 2)/22] RUN make part\(step)\n"
                if (build + step).isMultiple(of: 3) {
                    text += "#\(step) CACHED\n\n"
                } else {
                    text += output.replacing("STEP", with: "\(step)") + "#\(step) DONE \(step).1s\n\n"
                }
            }
            try handle.write(contentsOf: Data(text.utf8))
            bytes += text.utf8.count
        }
        return bytes
    }

    private func countByGrep(_ file: URL) throws -> Int {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["grep", "-c", "CACHED", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let count = Int(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw BenchError("grep did not count the log's lines") }
        return count
    }

    private func ask() async throws {
        heading("Hit rates of \(builds) builds of \(Self.steps) steps")
        let connection = try await PostgresConnection.connect(url)
        let clock = ContinuousClock()
        let start = clock.now
        for statement in filling { _ = try await connection.execute(statement) }
        await connection.close()
        line("filling the database", start.duration(to: clock.now))
        for grouping in BuildGrouping.allCases {
            var best = Duration.seconds(3600)
            var groups = 0
            for _ in 0..<rounds {
                let start = clock.now
                groups = try await database.hitRates(by: grouping).rows.count
                best = min(best, start.duration(to: clock.now))
            }
            line("hit rate by \(grouping.rawValue) (\(groups) groups), best of \(rounds)", best)
        }
        let week = clock.now
        let filter = BuildFilter(
            project: "team7/app", since: Date(timeIntervalSince1970: 1_798_761_600 - 7 * 86_400))
        let groups = try await database.hitRates(by: .instruction, of: filter).rows.count
        line("by instruction, one project, one week (\(groups) groups)", week.duration(to: clock.now))
    }

    /// Builds of 200 projects over a year, on ten builders.
    private var filling: [String] {
        [
            """
            INSERT INTO layerscope_data.source (name, kind, location, bytes_are)
            VALUES ('builds', 'builder', 'builds', 'stored')
            """,
            """
            INSERT INTO layerscope_data.build (source_id, build_id, content_digest, fingerprint, form, tool, project,
                target, dockerfile, builder, started_at, duration_ns, result, vertices, cached_vertices, uses_cache,
                seen_at, steps, hits, misses, run_ns, saved_ns, lost_ns)
            SELECT 1, n, sha256(int8send(n)), n, 'log', 'buildkit', 'team' || n % 200 || '/app', NULL, 'Dockerfile',
                'builder' || n % 10, timestamptz '2026-01-01Z' + n * interval '1 year' / \(builds), 90000000000,
                'completed', 44, 28, true, now(), \(Self.steps), 27, 13, 60000000000, 120000000000, 4000000000
            FROM generate_series(1::int8, \(builds)) n
            """,
            """
            INSERT INTO layerscope_data.build_step (source_id, build_id, number, kind, name, stage, position, positions,
                instruction, text, outcome, duration_ns, is_hit, is_miss, saved_ns, lost_ns)
            SELECT 1, n, s, 'instruction', '[stage-' || s / 20 || '] RUN make part' || s, 'stage-' || s / 20, s % 20, 20,
                'RUN', 'RUN make part' || s, CASE WHEN (n + s) % 3 > 0 THEN 'hit' ELSE 'miss' END,
                CASE WHEN (n + s) % 3 > 0 THEN NULL ELSE 1000000000 END, (n + s) % 3 > 0, (n + s) % 3 = 0,
                CASE WHEN (n + s) % 3 > 0 THEN 1000000000 END, CASE WHEN (n + s) % 3 = 0 THEN 100000000 END
            FROM generate_series(1::int8, \(builds)) n, generate_series(1, \(Self.steps)) s
            """,
            "ANALYZE layerscope_data.build, layerscope_data.build_step",
        ]
    }
}
