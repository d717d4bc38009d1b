import Analysis
import BuildModel
import Database
import Figures
import Foundation
import TestSupport
import Testing

/// What pages and reports tell of builds, against sums made the plainest way.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct CacheReportTests {
    /// Builds of two projects and of none; some do not tell when they started or how long they took.
    private static func builds(_ random: inout SeededGenerator) -> [Build] {
        (1...40).map { number in
            let steps = (0..<4).map { _ in
                Bool.random(using: &random) ? MadeOutcome.hit : .miss(Double(Int.random(in: 1...9, using: &random)))
            }
            var build = madeBuild(number, project: ["a", "b", nil].randomElement(using: &random) ?? nil, steps)
            build.startedAt = number % 7 == 0 ? nil : second(Double(number) * 90_000)
            build.duration = number % 5 == 0 ? nil : Int64.random(in: 1...9_000, using: &random) * 1_000_000
            build.result = number % 6 == 0 ? .failed : .completed
            build.commit = "c\(number)"
            build.usesCache = number % 8 > 0
            return build
        }
    }

    private func number(_ value: Value) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    private func day(_ build: Build) -> String? {
        build.startedAt.map { String($0.formatted(.iso8601).prefix(10)) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `trends are sums over the builds of a period`(seed: UInt64) async throws {
        try await withDatabase { database, _ in
            var random = SeededGenerator(seed: seed)
            let builds = Self.builds(&random)
            try await database.collectBuilds(builds)
            for project in [nil, "a", "<none>"] as [String?] {
                let some = builds.filter { project == nil || ($0.project ?? "<none>") == project }
                let groups: [(BuildPeriod, [String: [Build]])] = [
                    (.all, ["all": some]), (.project, Dictionary(grouping: some) { $0.project ?? "<none>" }),
                    (.day, Dictionary(grouping: some.filter { $0.startedAt != nil }) { day($0) ?? "" }),
                ]
                for (period, expected) in groups {
                    let table = try await database.buildTrend(by: period, project: project, limit: 1_000)
                    #expect(table.rows.count == expected.count, "\(period)")
                    for row in table.rows.indices {
                        let name = table.value(row, period.rawValue).text ?? ""
                        let members = try #require(expected[name], "\(period) \(name)")
                        func count(_ column: String) -> Int { Int(table.value(row, column).integer ?? -1) }
                        #expect(count("builds") == members.count)
                        #expect(count("failed_builds") == members.count { $0.result == .failed })
                        let (hits, misses) = (members.reduce(0) { $0 + $1.hits }, members.reduce(0) { $0 + $1.misses })
                        #expect(count("hits") == hits && count("misses") == misses)
                        #expect(
                            number(table.value(row, "hit_rate"))
                                == (hits + misses == 0 ? nil : Double(hits) / Double(hits + misses)))
                        let times = members.compactMap(\.duration).map { Double($0) / 1e9 }
                        #expect(count("timed_builds") == times.count)
                        let mean = number(table.value(row, "seconds_per_build"))
                        #expect((mean == nil) == times.isEmpty)
                        if let mean { #expect(abs(mean - times.reduce(0, +) / Double(times.count)) <= 0.000_501) }
                    }
                }
                let single = try await database.buildTrend(by: .build, project: project, limit: 1_000)
                #expect(single.rows.count == some.count)
                #expect(
                    Set(single.rows.indices.compactMap { single.value($0, "commit").text })
                        == Set(some.compactMap(\.commit)))
            }
            // By time, the latest: what does not tell its start stands where it was first seen, before all others here.
            let last = try await database.buildTrend(by: .build, limit: 5)
            let starts = last.rows.indices.map { last.value($0, "commit").text }
            let newest = builds.filter { $0.startedAt != nil }.suffix(5).map(\.commit)
            #expect(starts == newest)
            #expect(try await database.buildTrend(by: .all, project: "no such", limit: 1).rows.isEmpty)
        }
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `instructions and causes are those of the steps`(seed: UInt64) async throws {
        try await withDatabase { database, _ in
            var random = SeededGenerator(seed: seed)
            let builds = Self.builds(&random)
            try await database.collectBuilds(builds)
            let steps = try await database.table("steps")
            for project in [nil, "a"] as [String?] {
                struct Sum: Equatable {
                    var hits = 0
                    var misses = 0
                    var first = 0
                    var lost: Double?
                }
                var expected: [[String]: Sum] = [:]
                var causes: [String: Int] = [:]
                for row in steps.rows.indices where project == nil || steps.value(row, "project").text == project {
                    let (isHit, isMiss) = (
                        steps.value(row, "hit") == .flag(true), steps.value(row, "miss") == .flag(true)
                    )
                    if let cause = steps.value(row, "cause").text { causes[cause, default: 0] += 1 }
                    guard isHit || isMiss else { continue }
                    let key = [steps.value(row, "project").text ?? "", steps.value(row, "text").text ?? ""]
                    var sum = expected[key] ?? Sum()
                    sum.hits += isHit ? 1 : 0
                    sum.misses += isMiss ? 1 : 0
                    sum.first += steps.value(row, "cause") == .null ? 0 : 1
                    if let lost = number(steps.value(row, "seconds_lost")) { sum.lost = (sum.lost ?? 0) + lost }
                    expected[key] = sum
                }
                expected = expected.filter { $0.value.misses > 0 }
                let table = try await database.instructionsBySecondsLost(project: project, limit: 1_000)
                #expect(table.rows.count == expected.count && !expected.isEmpty)
                var before = Double.infinity
                for row in table.rows.indices {
                    let key = [table.value(row, "project").text ?? "", table.value(row, "instruction").text ?? ""]
                    let found = Sum(
                        hits: Int(table.value(row, "hits").integer ?? -1),
                        misses: Int(table.value(row, "misses").integer ?? -1),
                        first: Int(table.value(row, "first_misses").integer ?? -1),
                        lost: number(table.value(row, "seconds_lost")))
                    #expect(found == expected[key], "\(key)")
                    #expect((found.lost ?? -1) <= before, "those that cost most first")
                    before = found.lost ?? -1
                    #expect((table.value(row, "cause") == .null) == (found.first == 0))
                }
                let told = try await database.firstMissCauses(project: project)
                let counted = told.rows.indices.map {
                    (told.value($0, "cause").text ?? "", Int(told.value($0, "misses").integer ?? -1))
                }
                #expect(Dictionary(uniqueKeysWithValues: counted) == causes)
            }
            #expect(try await database.instructionsBySecondsLost(limit: 1).rows.count == 1)
        }
    }
}
