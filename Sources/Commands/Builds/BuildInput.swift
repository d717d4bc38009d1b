import Archive
import BuildLog
import BuildModel
import Collectors
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

    /// Reads a file of any kind, or standard input (`-`). What goes wrong becomes a problem, so that other files go on.
    /// Throws `CancellationError`.
    ///
    /// - Parameters:
    ///   - metadata: a metadata file of buildx, of the builds in it.
    ///   - lines: gives steps their lines of the Dockerfile.
    mutating func read(
        _ path: String, metadata: String? = nil, _ options: BuildOptions, _ lines: StepLines?
    ) async throws {
        let name = path == "-" ? "standard input" : path
        do {
            let content = try await BuildFile.readBuilds(path: path)
            problems += content.gaps.map { "\(name): \($0)" }
            var builds = BuildRecording.told(apart: content.builds.map(\.build))
            if let metadata { join(metadata, to: &builds) }
            for var build in builds {
                lines?.fill(&build)
                options.complete(&build, path == "-" ? ProcessInfo.processInfo.environment : nil)
                found.append((name, build))
                problems += build.gaps.map { "\(name): \($0)" }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if let error = error as? ArchiveError, error.kind == .unreadable { unopened += 1 }
            note(error, of: name)
        }
    }

    /// The builds stay as they are when the metadata file cannot be read.
    private mutating func join(_ metadata: String, to builds: inout [Build]) {
        do {
            let joined = BuildMetadata.joined(builds, metadata: try BuildFile.readMetadata(path: metadata))
            builds = joined.builds
            problems += joined.unmatched.map { "\(metadata): \($0)" }
        } catch {
            note(error, of: metadata)
        }
    }

    private mutating func note(_ error: any Error, of name: String) {
        let text = "\(error)"
        problems.append(text.hasPrefix(name) ? text : "\(name): \(text)")
    }
}
