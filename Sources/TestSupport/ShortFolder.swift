import Foundation

/// A folder with a short path, for programs that make sockets below it (a socket's path has 107 characters at most) or
/// take no long path. Removed when the last one who knows it lets go.
package final class ShortFolder: Sendable {
    package let path: String

    package init(_ label: String) throws {
        path = "/tmp/ls-\(label)-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
