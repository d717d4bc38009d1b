import Analysis
import BuildModel
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// Builds in the database: what is kept, what is one build, and the figures of them.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct BuildTests {
    @Test func `a build is read as it was recorded, with every field`() async throws {
        try await withDatabase { database, _ in
            let build = fullBuild()
            try await database.collectBuilds([build])
            #expect(try await database.builds(matching: BuildFilter()) == [build])
            #expect(try await database.builds(matching: BuildFilter(source: "builds", project: "acme/app")) == [build])
            for filter in [
                BuildFilter(source: "other"), BuildFilter(project: "acme"), BuildFilter(target: "x"),
                BuildFilter(dockerfile: "x"), BuildFilter(branch: "x"), BuildFilter(builder: "x"),
                BuildFilter(since: second(10_000)), BuildFilter(until: second(-10_000)), BuildFilter(limit: 0),
            ] {
                #expect(try await database.builds(matching: filter).isEmpty, "\(filter)")
            }
        }
    }

    @Test func `collected again, nothing changes but that a collection ran`() async throws {
        try await withDatabase { database, url in
            let builds = [fullBuild(), madeBuild(1, project: "p", [.miss(2), .hit]), madeBuild(2, [.hit])]
            try await database.collectBuilds(builds)
            let tables = ["build", "build_step", "build_reading"]
            let before = try await picture(url, withVersions: true).filter { tables.contains($0.key) }
            #expect(before.values.allSatisfy { !$0.isEmpty } && before.count == 3)
            try await database.collectBuilds(builds.reversed())
            #expect(try await picture(url, withVersions: true).filter { tables.contains($0.key) } == before)
            try await database.collectBuilds([], source: "builds")
            #expect(try await picture(url, withVersions: true).filter { tables.contains($0.key) } == before)
        }
    }

    @Test(arguments: [true, false])
    func `a log and the record of its build are one build, also of two sources`(isOneSource: Bool) async throws {
        try await withDatabase { database, _ in
            var record = madeBuild(1, form: .record, reference: "node/1", [.miss(2), .miss(3)])
            record.startedAt = second(0)
            let log = madeBuild(2, project: "p", [.miss(2.04), .miss(3)])
            let next = madeBuild(3, project: "p", [.hit, .hit])
            try await database.collectBuilds([next, log], source: "logs")
            try await database.collectBuilds([record], source: isOneSource ? "logs" : "records")
            var merged = record
            merged.project = "p"
            let found = try await database.builds(matching: BuildFilter(project: "p"))
            #expect(found.count == 2 && found.contains(merged) && found.contains(next))
            // The log, read again, finds it by its content; the record by its reference.
            try await database.collectBuilds([log], source: "logs")
            try await database.collectBuilds([record], source: "records")
            #expect(try await database.builds(matching: BuildFilter()) == found)
        }
    }

    @Test func `when figures fail nothing was changed`() async throws {
        struct NoFigures: Error {}
        try await withDatabase { database, url in
            try await database.collectBuilds([madeBuild(1, [.miss(2)])])
            let before = try await picture(url, withVersions: true)
            await #expect(throws: NoFigures.self) {
                try await database.collectBuilds([madeBuild(2, [.miss(3)])]) { _ in throw NoFigures() }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.collectBuilds([madeBuild(2, [.miss(3)])]) { _ in [] }
            }
            #expect(try await picture(url, withVersions: true) == before)
        }
    }

    @Test func `the figures are those of the history, whatever comes in which order`() async throws {
        try await withDatabase { database, _ in
            var random = SeededGenerator(seed: 4)
            var builds: [Build] = []
            for number in 1...40 {
                let steps = (0..<5).map { _ in
                    Bool.random(using: &random)
                        ? MadeOutcome.hit : .miss(Double(Int.random(in: 1...9, using: &random)))
                }
                var build = madeBuild(number, project: ["a", "b", nil].randomElement(using: &random) ?? nil, steps)
                build.startedAt = second(Double(number) * 86_400)
                build.builder = ["x", "y"].randomElement(using: &random)
                build.usesCache = Int.random(in: 0..<8, using: &random) > 0
                builds.append(build)
            }
            for part in [builds[20...], builds[..<20]] { try await database.collectBuilds(Array(part)) }

            // By the figures of each history, added up the obvious way.
            var figures: [Digest: BuildFigures] = [:]
            for (_, history) in Dictionary(grouping: builds, by: \.project) {
                for (build, figure) in zip(history, buildFigures(history)) { figures[build.contentDigest] = figure }
            }
            let table = try await database.table("builds", sort: [Sort("started_at")])
            #expect(table.rows.count == builds.count)
            for (row, build) in builds.enumerated() {
                let figure = try #require(figures[build.contentDigest])
                #expect(table.value(row, "hits").integer == Int64(build.hits))
                #expect(table.value(row, "misses").integer == Int64(build.misses))
                #expect(number(table.value(row, "seconds_saved")) == figure.saved.map { Double($0) / 1e9 })
                #expect(number(table.value(row, "seconds_lost")) == figure.lost.map { Double($0) / 1e9 })
                let counted = build.hits + build.misses
                #expect(
                    number(table.value(row, "hit_rate")) == (counted == 0 ? nil : Double(build.hits) / Double(counted)))
                let first = figure.firstMisses.min { $0.step < $1.step }
                #expect(table.value(row, "first_miss_cause").text == first?.cause.rawValue)
                #expect(table.value(row, "first_miss").text == first.map { build.steps[$0.step].text })
            }
            let misses = try await database.table("first_misses")
            #expect(misses.rows.count == figures.values.reduce(0) { $0 + $1.firstMisses.count })

            for grouping in BuildGrouping.allCases {
                let rates = try await database.hitRates(by: grouping)
                let expected = bruteForce(builds, figures, by: grouping)
                #expect(rates.rows.count == expected.count, "\(grouping)")
                for row in rates.rows.indices {
                    let name = rates.value(row, grouping.rawValue).text ?? "nothing"
                    let sums = try #require(expected[name], "\(grouping) \(name)")
                    #expect(rates.value(row, "builds").integer == Int64(sums.builds.count), "\(grouping) \(name)")
                    #expect(rates.value(row, "hits").integer == Int64(sums.hits), "\(grouping) \(name)")
                    #expect(rates.value(row, "misses").integer == Int64(sums.misses), "\(grouping) \(name)")
                    #expect(rates.value(row, "unknown_hits").integer == Int64(sums.unknown), "\(grouping) \(name)")
                    #expect(number(rates.value(row, "hit_rate")) == sums.rate, "\(grouping) \(name)")
                    let (found, exact) = (number(rates.value(row, "time_hit_rate")), sums.timeRate)
                    #expect((found == nil) == (exact == nil), "\(grouping) \(name)")
                    if let found, let exact { #expect(abs(found - exact) < 1e-12, "\(grouping) \(name)") }
                }
            }
            let some = try await database.hitRates(
                by: .project, of: BuildFilter(project: "a", since: second(86_400 * 30)))
            let sums = bruteForce(
                builds.filter { $0.project == "a" && ($0.startedAt ?? .distantPast) >= second(86_400 * 30) }, figures,
                by: .project)["a"]
            #expect(some.rows.count == (sums == nil ? 0 : 1))
            #expect(some.rows.isEmpty || some.value(0, "hits").integer == sums.map { Int64($0.hits) })
        }
    }

    @Test func `a source goes with its builds`() async throws {
        try await withDatabase { database, url in
            try await database.collectBuilds([madeBuild(1, [.miss(2)])], source: "one")
            try await database.collectBuilds([madeBuild(2, [.miss(3)])], source: "two")
            try await database.removeSource("one")
            #expect(try await database.builds(matching: BuildFilter()) == [madeBuild(2, [.miss(3)])])
            #expect(try await database.table("steps").rows.count == 1)
            #expect(try await database.integrityProblems().rows.isEmpty)
            _ = url
        }
    }

    private func number(_ value: Value) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    private struct Sums {
        var builds: Set<Digest> = []
        var hits = 0
        var misses = 0
        var unknown = 0
        var saved: Int64?
        var run: Int64?

        var rate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }
        var timeRate: Double? {
            guard let saved = hits == 0 ? 0 : saved, let run = misses == 0 ? 0 : run, saved + run > 0 else {
                return nil
            }
            return Double(saved) / Double(saved + run)
        }
    }

    private func bruteForce(
        _ builds: [Build], _ figures: [Digest: BuildFigures], by grouping: BuildGrouping
    ) -> [String: Sums] {
        var sums: [String: Sums] = [:]
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        for build in builds {
            for (position, step) in build.steps.enumerated() {
                let parts = calendar.dateComponents(
                    [.year, .month, .day, .weekOfYear, .yearForWeekOfYear], from: build.startedAt ?? .distantPast)
                let name: String? =
                    switch grouping {
                    case .project: build.project
                    case .target: build.target
                    case .dockerfile: build.dockerfile
                    case .builder: build.builder
                    case .stage: step.stage
                    case .instruction: step.text
                    case .day: String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
                    case .week: String(format: "%04d-W%02d", parts.yearForWeekOfYear ?? 0, parts.weekOfYear ?? 0)
                    }
                var sum = sums[name ?? "<none>"] ?? Sums()
                sum.builds.insert(build.contentDigest)
                let saved = figures[build.contentDigest]?.steps[position].saved
                if build.usesCache, step.isHit {
                    sum.hits += 1
                    if let saved { sum.saved = (sum.saved ?? 0) + saved } else { sum.unknown += 1 }
                } else if build.usesCache, step.isMiss {
                    sum.misses += 1
                    sum.run = (sum.run ?? 0) + (step.duration ?? 0)
                }
                sums[name ?? "<none>"] = sum
            }
        }
        return sums
    }

    /// A build that has all that a build can have.
    private func fullBuild() -> Build {
        var build = madeBuild(
            99, form: .record, reference: "builder/node/abc", project: "acme/app", [.miss(1.5), .hit])
        build.target = "release"
        build.dockerfile = "docker/Dockerfile"
        build.branch = "main"
        build.commit = "0123abc"
        build.builder = "node"
        build.startedAt = second(0.25)
        build.duration = 12_345_678_901
        build.result = .failed
        build.error = "exit code: 1"
        build.imageDigest = Digest.of("image".utf8)
        build.imageNames = ["acme/app:1", "acme/app:latest"]
        build.vertices = 5
        build.cachedVertices = 1
        build.gaps = ["line 7"]
        build.steps[0].platform = "linux/arm64"
        build.steps[0].vertex = Digest.of("vertex".utf8)
        build.steps[0].startOffset = 1
        build.steps[0].lines = 3...5
        build.steps[0].imageID = "0123456789ab"
        build.steps[0].layers = [Digest.of("one".utf8), Digest.of("two".utf8)]
        build.steps[1].inputs = [1]
        build.steps[1].error = "broke"
        return build
    }
}

extension LayerscopeDatabase {
    /// Collects builds and applies them.
    func collectBuilds(
        _ builds: [Build], source: String = "builds",
        figures: @escaping @Sendable ([Build]) throws -> [BuildFigures] = { buildFigures($0) }
    ) async throws {
        let source = SourceDescription(name: source, kind: .builder, location: "logs", bytesAre: .stored)
        let writer = try await begin(source, startedAt: second(0))
        try await writer.record(builds.map { .build($0) })
        try await writer.apply(CollectionResult(source: source, aspects: []), figures: figureUpdate, builds: figures)
    }
}
