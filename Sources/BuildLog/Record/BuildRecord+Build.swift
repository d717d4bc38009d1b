package import BuildModel
import ImageModel

extension BuildRecord {
    /// The gRPC code of a call that was cancelled.
    private static let canceledCode = 1
    private static let nameLimit = 100

    /// The build that the record, its progress and its provenances tell of. What they contradict each other in is a
    /// gap.
    package func build(_ history: SolveHistory, provenances: [Provenance] = [], form: BuildForm = .record) -> Build {
        let content = logs ?? Digest.of("buildkit \(reference)".utf8)
        let builds = history.builds(form: form, content: content, ending: ending, isOneBuild: true)
        var build =
            builds.first
            ?? Build(contentDigest: content, form: form, tool: .buildkit, result: ending?.result ?? .unknown)
        build.reference = reference
        let origin = BuildOrigin(attributes: attributes)
        build.target = bakeTarget ?? origin.target
        build.dockerfile = origin.dockerfile ?? build.dockerfile
        build.apply(origin)
        for provenance in provenances { build.apply(provenance) }
        build.imageDigest =
            response["containerimage.digest"].flatMap { try? Digest($0) } ?? results.first ?? build.imageDigest
        let names = [response["image.name"]].compactMap(\.self) + exportedNames
        for name in names.flatMap({ $0.split(separator: ",") }).map({ String($0.prefix(512)) })
        where build.imageNames.count < Self.nameLimit && !isTold(name, in: build.imageNames) {
            build.imageNames.append(name)
        }
        check(&build, history)
        return build
    }

    /// How the build ended; nil for one that had not when the record was written.
    package var ending: SolveEnding? {
        if let failure {
            let isCanceled = failure.code == Self.canceledCode || SolveHistory.isCanceled(failure.message ?? "")
            return SolveEnding(
                started: created, completed: completed, result: isCanceled ? .canceled : .failed,
                error: failure.message)
        }
        return completed.map { SolveEnding(started: created, completed: $0, result: .completed) }
    }

    /// Whether a name is known, if only in full: `docker.io/library/web:latest` for `web`.
    private func isTold(_ name: String, in names: [String]) -> Bool {
        names.contains { $0 == name || $0.hasSuffix("/\(name)") || $0.hasSuffix("/\(name):latest") }
    }

    private func check(_ build: inout Build, _ history: SolveHistory) {
        guard let totalSteps, totalSteps > 0, !history.isEmpty else { return }
        if totalSteps != history.vertexCount || cachedSteps ?? 0 != history.cachedCount {
            build.gaps.append(
                """
                the record counts \(totalSteps) vertices, \(cachedSteps ?? 0) of them cached; its progress has \
                \(history.vertexCount), \(history.cachedCount) of them cached
                """)
        }
    }
}
