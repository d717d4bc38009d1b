package import Foundation

/// Data that lies beside the project and is no part of it: the folder that `LAYERSCOPE_SHARED` names, or `../shared`
/// beside the package.
package enum SharedData {
    /// The folder; nil when there is none. Tests that need it are enabled by it.
    package static let folder: URL? = {
        let named = ProcessInfo.processInfo.environment["LAYERSCOPE_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")
        let candidate = named ?? beside
        return FileManager.default.fileExists(atPath: candidate.path) ? candidate : nil
    }()

    /// A file or folder in ``folder``. Nil when it is not there.
    package static func at(_ path: String) -> URL? {
        folder.map { $0.appending(path: path) }.flatMap {
            FileManager.default.fileExists(atPath: $0.path) ? $0 : nil
        }
    }
}
