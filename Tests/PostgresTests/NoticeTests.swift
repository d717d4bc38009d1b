import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// Keeps what is logged.
private struct RecordingLog: LogHandler {
    final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func append(_ line: String) { kept.withLock { $0.append(line) } }
    }

    let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    func log(event: LogEvent) { lines.append("\(event.level) \(event.message)") }
}

@Suite(.enabled(if: hasPostgres)) struct NoticeTests {
    @Test func `notices of the server go to the log, warnings as warnings`() async throws {
        try await withScratchDatabase { url in
            let log = RecordingLog()
            let connection = try await PostgresConnection.connect(url, logger: Logger(label: "test") { _ in log })
            try await connection.run(script: "DO $$BEGIN RAISE NOTICE 'by the way'; RAISE WARNING 'take care'; END$$")
            await connection.close()
            #expect(log.lines.all == ["debug postgres: by the way", "warning postgres: take care"])
        }
    }
}
