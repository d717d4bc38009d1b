import Database
import Figures
import Foundation
import Reporting

extension Reader {
    /// What figures of sources rest on: when each was seen, and what is missing.
    func coverage(of names: [String]) async throws -> Coverage {
        let sources = try await table("sources", sort: [SortOption(column: "source", isDescending: false)])
        let aspects = try await table(
            "coverage", sort: ["source", "scope", "aspect"].map { SortOption(column: $0, isDescending: false) })
        var seen: [String: [Coverage.Aspect]] = [:]
        for row in aspects.rows.indices {
            func text(_ name: String) -> String { aspects.value(row, name).text ?? "" }
            var time: Date?
            if case .time(let finished) = aspects.value(row, "finished_at") { time = finished }
            seen[text("source"), default: []].append(
                Coverage.Aspect(
                    name: text("aspect"), outcome: text("outcome"), seen: aspects.value(row, "seen").integer ?? 0,
                    expected: aspects.value(row, "expected").integer, detail: text("detail"), hint: text("hint"),
                    scope: text("scope"), collectedAt: time))
        }
        let wanted = Set(names)
        var coverage = Coverage()
        for row in sources.rows.indices {
            func text(_ name: String) -> String { sources.value(row, name).text ?? "" }
            guard wanted.contains(text("source")) else { continue }
            var time: Date?
            if case .time(let finished) = sources.value(row, "finished_at") { time = finished }
            coverage.sources.append(
                Coverage.Source(
                    name: text("source"), kind: text("kind"), location: text("location"), product: text("product"),
                    bytesAre: text("bytes_are"), collectedAt: time, aspects: seen[text("source")] ?? []))
            coverage.unknownObjects += sources.value(row, "unknown_objects").integer ?? 0
        }
        return coverage
    }

    /// The identities of sources, as their latest collections found them.
    func checks(of names: [String]) async throws -> [Check] {
        let table = try await table("checks")
        let wanted = Set(names)
        return table.rows.indices.compactMap { row in
            let source = table.value(row, "source").text ?? ""
            guard wanted.contains(source) else { return nil }
            return Check(
                name: table.value(row, "name").text ?? "",
                scope: Self.scope(source, table.value(row, "scope").text ?? ""),
                left: table.value(row, "left_bytes").integer ?? 0,
                right: table.value(row, "right_bytes").integer ?? 0,
                outcome: Check.Outcome(rawValue: table.value(row, "outcome").text ?? "") ?? .broken,
                note: table.value(row, "note").text ?? "")
        }
    }

    /// The source in front of what a check is about, unless it stands there already.
    private static func scope(_ source: String, _ scope: String) -> String {
        scope.isEmpty || scope == source ? source : scope.hasPrefix(source) ? scope : "\(source): \(scope)"
    }
}
