import Foundation
import Testing

@Suite struct GeneratedCodeTests {
    @Test func `what BuildKit's API was generated from, and what was generated, have not drifted apart`() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let check = Process()
        check.executableURL = root.appending(path: "scripts/generate-buildkit-api")
        check.arguments = ["--check"]
        let said = Pipe()
        check.standardOutput = said
        check.standardError = said
        try check.run()
        let text = String(decoding: try said.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        check.waitUntilExit()
        #expect(check.terminationStatus == 0, "\(text)")
    }
}
