package import Foundation

/// A folder of its own for one test, removed when the last one who knows it lets go.
package final class ScratchFolder: Sendable {
    package let url: URL

    package init(_ label: String = "test") throws {
        url = FileManager.default.temporaryDirectory.appending(path: "layerscope-\(label)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A place inside the folder.
    package func callAsFunction(_ name: String) -> URL { url.appending(path: name) }

    /// Writes a file inside the folder, with the folders that lead to it, and returns its place.
    @discardableResult
    package func write(_ content: some DataProtocol, to name: String) throws -> URL {
        let target = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content).write(to: target)
        return target
    }
}
