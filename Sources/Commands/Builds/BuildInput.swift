import Archive
import BuildLog
import BuildModel
import Collectors
import Foundation
import ImageModel

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
    ///
    /// - Parameter metadata: what `--metadata-file` of the build wrote.
    mutating func read(_ path: String, _ options: BuildOptions, metadata: String? = nil) async throws {
        let name = path == "-" ? "standard input" : path
        do {
            let content = try await BuildFile.readBuilds(path: path)
            var builds = content.builds.map(\.build)
            if let metadata {
                let (joined, unmatched) = BuildMetadata.joined(
                    builds, metadata: try BuildFile.readMetadata(path: metadata))
                builds = joined
                problems += unmatched.map { "\(metadata): \($0)" }
            }
            for var build in BuildRecording.told(apart: builds) {
                options.complete(&build, path == "-" ? ProcessInfo.processInfo.environment : nil)
                found.append((name, build))
                problems += build.gaps.map { "\(name): \($0)" }
            }
            problems += content.gaps.map { "\(name): \($0)" }
        } catch let error as BuildLogError {
            problems.append("\(name): \(error)")
        } catch let error as ArchiveError {
            unopened += error.kind == .unreadable ? 1 : 0
            problems.append("\(error)")
        } catch let error as ImageModelError {
            problems.append("\(metadata ?? name): \(error)")
        }
    }
}
