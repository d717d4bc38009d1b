import Foundation
import TestSupport
import Testing

/// The program as it runs, killed before each statement that it sends to PostgreSQL.
@Suite(.serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct KilledCollectionTests {
    @Test func `killed before any statement, a collection leaves the picture as it was`() async throws {
        let tool = try Tool()
        var builder = ImageBuilder()
        let base = try builder.layer(named: "base", bytes: 500)
        let old = try builder.image([base, try builder.layer(named: "old", bytes: 100)], labels: ["team": "a"])
        let new = try builder.image([base, try builder.layer(named: "new", bytes: 200)], labels: ["team": "b"])
        let kept = try builder.image([base])
        try tool.folder.write(
            try builder.layoutTar([
                (old.descriptor, .reference("app:1")), (kept.descriptor, .reference("kept:1")),
                (old.descriptor, .reference("gone:1")),
            ]), to: "before.tar")
        // A tag moves, a repository goes, one comes, one stays.
        try tool.folder.write(
            try builder.layoutTar([
                (new.descriptor, .reference("app:1")), (kept.descriptor, .reference("kept:1")),
                (new.descriptor, .reference("come:1")),
            ]), to: "after.tar")

        try await withScratchDatabase { url in
            let (host, port) = try place(in: url)
            let gate = try PostgresGate(before: host, port: port)
            defer { gate.stop() }
            let behind = url.replacing("host=\(host)", with: "host=\(gate.host)")
            func collect(_ file: String) throws -> Process {
                try tool.start(["collect", "archive", file, "--name", "images", "--database", behind])
            }

            // Once to make the database, and once to see of how many statements a collection is made.
            for _ in 1...2 {
                gate.letThrough(.max)
                let process = try collect("before.tar")
                process.waitUntilExit()
                try #require(process.terminationStatus == 0)
            }
            let statements = gate.passed
            let insert = try #require(statements.lastIndex { $0.contains(Self.insert) })
            let begin = try #require(statements[..<insert].lastIndex { Self.isStatement($0, "BEGIN") })
            let commit = try #require(statements[insert...].firstIndex { Self.isStatement($0, "COMMIT") })
            try #require(commit > begin + 40)

            let before = try await picture(url)
            var killed: [String] = []
            var count = 0
            while true {
                gate.letThrough(count)
                let process = try collect("after.tar")
                while gate.held == nil, process.isRunning { await Task.yield() }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                let held = try #require(gate.held, "it ended by itself, after \(gate.passed.count) statements")
                let passed = gate.passed
                if passed.contains(where: { $0.contains(Self.insert) }), Self.isStatement(passed.last ?? "", "COMMIT") {
                    break
                }
                #expect(try await picture(url) == before, "killed before statement \(count + 1): \(held)")
                killed.append(held)
                // What comes before the transaction that writes is tried at some points, and that one at every point.
                count += count < begin - 8 ? 7 : 1
            }
            #expect(
                Self.isStatement(killed.last ?? "", "COMMIT"), "the last to leave no trace is held before its commit")
            #expect(try await picture(url) != before, "with its commit, the collection is there")
            #expect(killed.count > 40)
            for word in [Self.insert, "holding", "reference", "figure"] {
                #expect(killed.contains { $0.contains(word) }, "no statement with \(word) was held back")
            }
            // All that was killed leaves nothing that keeps the next one from its work.
            gate.letThrough(.max)
            let last = try collect("after.tar")
            last.waitUntilExit()
            #expect(last.terminationStatus == 0)
        }
    }

    /// A statement that only the transaction that writes has.
    private static let insert = "INSERT INTO layerscope_data.object ("

    private static func isStatement(_ text: String, _ word: String) -> Bool {
        text.uppercased().hasPrefix(word)
    }

    /// Folder and port of the server's socket.
    private func place(in url: String) throws -> (host: String, port: String) {
        let items = try #require(URLComponents(string: url)?.queryItems)
        func value(_ name: String) throws -> String { try #require(items.first { $0.name == name }?.value) }
        return (try value("host"), try value("port"))
    }
}
