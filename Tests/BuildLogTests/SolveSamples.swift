import BuildLog
import Foundation
import ImageModel
import TestSupport

/// Vertices of made-up builds: `a` … stand for digests, small numbers for nanoseconds after a moment of 2024.
enum SolveSample {
    static let base: Int64 = 1_700_000_000_000_000_000

    static func digest(_ name: String) -> Digest { Digest.of(name.utf8) }

    static func vertex(
        _ id: String, _ name: String, on inputs: [String] = [], _ started: Int64? = nil, _ completed: Int64? = nil,
        cached: Bool = false, error: String? = nil, group: SolveGroup? = nil
    ) -> SolveVertex {
        SolveVertex(
            digest: digest(id), inputs: inputs.map(digest), name: name, started: started.map { base + $0 },
            completed: completed.map { base + $0 }, cached: cached, error: error, group: group)
    }

    static func history(_ vertices: [SolveVertex]) throws -> SolveHistory {
        var history = SolveHistory()
        for vertex in vertices { try history.add(SolveStatus(vertices: [vertex])) }
        return history
    }
}

/// The real builds beside the project, decoded by another program.
enum RealStatus {
    static let folder = SharedData.at("data/builds")

    static let names: [String] = {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".status.jsonl.xz") }.map { String($0.dropLast(16)) }.sorted()
    }()

    /// The messages of a stream, one line each.
    static func lines(_ name: String) throws -> [ArraySlice<UInt8>] {
        guard let folder else { return [] }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xz", "-dc", folder.appending(path: "\(name).status.jsonl.xz").path]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(data).split(separator: UInt8(ascii: "\n"))
    }
}
