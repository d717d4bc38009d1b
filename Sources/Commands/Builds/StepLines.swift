import BuildModel
import Dockerfile
import Foundation

/// Ties the steps of builds to the lines of the Dockerfile that was built.
///
/// What a build itself tells (its provenance) stands. A step that no instruction of the file, or more than one, could
/// be keeps no lines; so does every step of a build that names another file.
struct StepLines {
    private let file: Dockerfile
    private let matcher: StepMatcher
    private let name: String

    /// - Parameter name: the file's path, of which the last part is compared with what a build names.
    init(_ file: Dockerfile, name: String, arguments: [String: String] = [:]) throws(DockerfileError) {
        self.file = file
        self.name = Self.last(name)
        matcher = try StepMatcher(file, BuildSettings(arguments: arguments))
    }

    /// Reads a file; nil when there is none at the path, or it is no plain file.
    init?(path: String, arguments: [String: String] = [:]) throws {
        guard Self.isPlainFile(path) else { return nil }
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        // One byte more, so that a file that is too large is found to be.
        let bytes = try handle.read(upToCount: DockerfileLimits().bytes + 1) ?? Data()
        try self.init(Dockerfile(parsing: bytes), name: path, arguments: arguments)
    }

    /// As ``init(path:arguments:)``, but a file that cannot be used is said to be so, and is nil.
    static func reading(_ path: String?, arguments: [String: String] = [:]) -> StepLines? {
        guard let path else { return nil }
        do {
            return try StepLines(path: path, arguments: arguments)
        } catch let error as DockerfileError {
            StandardError.warn("\(path): \(error); steps are not tied to its lines")
        } catch {
            StandardError.warn("\(path) cannot be read; steps are not tied to its lines")
        }
        return nil
    }

    /// Gives lines to the steps that have none. Of a build as it was read: an option may have named its file since.
    func fill(_ build: inout Build) {
        if let named = build.dockerfile, Self.last(named) != name { return }
        for place in build.steps.indices where build.steps[place].lines == nil {
            build.steps[place].lines = lines(of: build.steps[place], tool: build.tool)
        }
    }

    private func lines(of step: BuildStep, tool: BuildTool) -> ClosedRange<Int>? {
        switch tool {
        case .buildkit:
            return matcher.lines(ofVertex: step.name)
        case .classic:
            guard let position = step.position else { return nil }
            return matcher.lines(instruction: position, ofStage: nil, text: step.text)
        case .buildah:
            guard let position = step.position, let stage = stage(step.stage) else { return nil }
            return matcher.lines(instruction: position, ofStage: stage, text: step.text)
        case .kaniko:
            // It prints no positions.
            return nil
        }
    }

    /// The only stage of a name, from 1.
    private func stage(_ name: String?) -> Int? {
        guard let name else { return nil }
        let named = file.stages.indices.filter {
            (file.stages[$0].name ?? "stage-\($0)") == name.lowercased()
        }
        return named.count == 1 ? named[0] + 1 : nil
    }

    static func isPlainFile(_ path: String) -> Bool {
        let file = URL(filePath: path).resolvingSymlinksInPath()
        return (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    }

    private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
