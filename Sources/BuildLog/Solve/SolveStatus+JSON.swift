package import Foundation
package import ImageModel

extension SolveStatus {
    /// The largest message that is read, in bytes. Real ones stay below 1 MB.
    package static let byteLimit = 16 << 20

    /// Reads one line of `--progress=rawjson` [buildkit: util/progress/progressui/display.go, client/graph.go].
    /// Throws ``ImageModel/ImageModelError``.
    package init(json: Data) throws(ImageModelError) {
        let line = try DocumentParser.decode(RawStatus.self, from: json, as: .document, limit: Self.byteLimit)
        self.init(
            vertices: (line.vertexes ?? []).map(\.value), tasks: (line.statuses ?? []).map(\.value),
            logs: (line.logs ?? []).map(\.value), warnings: (line.warnings ?? []).map(\.value))
    }
}

/// The message as Go writes it; what is empty is left out or null.
private struct RawStatus: Decodable {
    var vertexes: [RawVertex]?
    var statuses: [RawTask]?
    var logs: [RawLog]?
    var warnings: [RawWarning]?
}

private struct RawVertex: Decodable {
    var digest: Digest
    var inputs: [Digest]?
    var name: String?
    var started: SolveTime?
    var completed: SolveTime?
    var cached: Bool?
    var error: String?
    var progressGroup: RawGroup?

    struct RawGroup: Decodable {
        var id: String
        var name: String?
        var weak: Bool?
    }

    var value: SolveVertex {
        SolveVertex(
            digest: digest, inputs: inputs ?? [], name: name ?? "", started: started?.nanoseconds,
            completed: completed?.nanoseconds, cached: cached ?? false,
            error: error.flatMap { $0.isEmpty ? nil : $0 },
            group: progressGroup.map { SolveGroup(id: $0.id, name: $0.name ?? "", weak: $0.weak ?? false) })
    }
}

private struct RawTask: Decodable {
    var id: String
    var vertex: Digest
    var name: String?
    var current: Int64?
    var total: Int64?
    var timestamp: SolveTime?
    var started: SolveTime?
    var completed: SolveTime?

    var value: SolveTask {
        SolveTask(
            id: id, vertex: vertex, name: name ?? "", current: current ?? 0, total: total ?? 0,
            timestamp: timestamp?.nanoseconds, started: started?.nanoseconds, completed: completed?.nanoseconds)
    }
}

private struct RawLog: Decodable {
    var vertex: Digest
    var data: Data?

    var value: SolveLog { SolveLog(vertex: vertex, byteCount: data?.count ?? 0) }
}

private struct RawWarning: Decodable {
    var vertex: Digest
    var level: Int?
    var short: Data?

    var value: SolveWarning {
        SolveWarning(vertex: vertex, level: level ?? 0, short: String(decoding: short ?? Data(), as: UTF8.self))
    }
}

/// A time of RFC 3339 as nanoseconds since 1970; nil for one that is not known or lies outside 1970 to 2262.
package struct SolveTime: Sendable, Equatable, Decodable {
    package var nanoseconds: Int64?

    /// A time in BuildKit's own words: seconds since 1970, and nanoseconds of the second.
    package init(seconds: Int64, nanos: Int32) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(Int64(nanos))
        let isTime = !overflow && !overflows && seconds >= 0 && (0..<1_000_000_000).contains(nanos)
        nanoseconds = isTime && sum > 0 ? sum : nil
    }

    package init(nanoseconds: Int64?) { self.nanoseconds = nanoseconds }

    package init(_ text: String) {
        let point = text.firstIndex(of: ".") ?? text.endIndex
        let digits = text[point...].dropFirst().prefix { $0 >= "0" && $0 <= "9" }
        let nanos = Int32((digits + "000000000").prefix(9))
        guard digits.utf8.count <= 9, point == text.endIndex || !digits.isEmpty, let nanos,
            let date = Timestamp.parse(String(text[..<point] + text[digits.endIndex...]))
        else {
            self.init(nanoseconds: nil)
            return
        }
        self.init(seconds: Int64(date.timeIntervalSince1970), nanos: nanos)
    }

    /// Decodes the text of a time, or its parts, as Go encodes the messages of protobuf. One that is neither is
    /// refused.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.init(text)
            return
        }
        let parts = try container.decode(Parts.self)
        self.init(seconds: parts.seconds ?? 0, nanos: parts.nanos ?? 0)
    }

    private struct Parts: Decodable {
        var seconds: Int64?
        var nanos: Int32?
    }

    /// The moment as a date, rounded to what one can hold.
    package var date: Date? { nanoseconds.map { Date(timeIntervalSince1970: Double($0) / 1_000_000_000) } }
}
