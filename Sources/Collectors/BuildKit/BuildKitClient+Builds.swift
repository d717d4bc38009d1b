import BuildKitAPI
import BuildLog
import BuildModel
import ImageModel
import SwiftProtobuf
import Synchronization

extension BuildKitClient {
    /// Reads a build that has ended: its progress from the beginning, and what the history says of it. Throws
    /// ``EngineError``, ``BuildLog/SolveError`` when its progress cannot be read, or `CancellationError`.
    func build(_ record: BuildKitBuildHistoryRecord) async throws -> [Build] {
        let history = Mutex(SolveHistory())
        try await status(of: record.ref) { message in
            let status = try SolveStatus(message)
            try history.withLock { try $0.add(status) }
        }
        return record.builds(history.withLock { $0 })
    }
}

extension BuildKitBuildHistoryRecord {
    /// Images may have many names; more than these are no names.
    private static let nameLimit = 100
    /// The gRPC code of a call that was cancelled.
    private static let canceled: Int32 = 1

    /// The build that this record and its progress tell of.
    func builds(_ history: SolveHistory) -> [Build] {
        let result: BuildResult = hasError ? (error.code == Self.canceled ? .canceled : .failed) : .completed
        let ending = SolveEnding(
            started: hasCreatedAt ? SolveTime(seconds: createdAt.seconds, nanos: createdAt.nanos).nanoseconds : nil,
            completed: hasCompletedAt
                ? SolveTime(seconds: completedAt.seconds, nanos: completedAt.nanos).nanoseconds : nil,
            result: result, error: hasError && !error.message.isEmpty ? error.message : nil)
        // The blob that the progress is kept in; an older builder's answer may lack it.
        let content = (try? Digest(logs.digest)) ?? Digest.of("buildkit \(ref)".utf8)
        let builds = history.builds(form: .api, content: content, ending: ending)
        return builds.map { build in
            var build = build
            // Of several targets none is the build that the reference names.
            if builds.count == 1 { build.reference = ref }
            build.apply(BuildOrigin(attributes: frontendAttrs))
            if let digest = exporterResponse["containerimage.digest"].flatMap({ try? Digest($0) }) {
                build.imageDigest = digest
            }
            if let names = exporterResponse["image.name"], !names.isEmpty {
                build.imageNames = names.split(separator: ",").prefix(Self.nameLimit).map(String.init)
            }
            return build
        }
    }
}
