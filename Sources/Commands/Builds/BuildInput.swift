import BuildLog
import BuildModel
import Foundation

/// What files told of builds.
struct BuildInput {
    /// A build, and the file that told of it.
    typealias Found = (file: String, build: Build)

    var found: [Found] = []
    /// What could not be read, each with its file.
    var problems: [String] = []
    /// Files that could not be opened.
    var unopened = 0

    /// Reads a file, or standard input (`-`). What goes wrong becomes a problem, so that other files go on.
    mutating func read(_ path: String, _ options: BuildOptions) {
        let name = path == "-" ? "standard input" : path
        do {
            let content = try Self.log(path)
            for var build in BuildRecording.told(apart: content.builds.map(\.build)) {
                options.complete(&build, path == "-" ? ProcessInfo.processInfo.environment : nil)
                found.append((name, build))
                problems += build.gaps.map { "\(name): \($0)" }
            }
            problems += content.gaps.map { "\(name): \($0)" }
        } catch let error as BuildLogError {
            problems.append("\(name): \(error)")
        } catch {
            unopened += 1
            problems.append("\(name) cannot be read: \(Self.reason(error))")
        }
    }

    private static func log(_ path: String) throws -> LogContent {
        let file = try path == "-" ? FileHandle.standardInput : FileHandle(forReadingFrom: URL(filePath: path))
        defer { if path != "-" { try? file.close() } }
        var reader = BuildLogReader()
        while let chunk = try file.read(upToCount: 1 << 18), !chunk.isEmpty {
            try Task.checkCancellation()
            reader.read(Array(chunk)[...])
        }
        return try reader.finish()
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let code = (error.userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? error.code
        return String(cString: strerror(Int32(truncatingIfNeeded: code)))
    }
}
