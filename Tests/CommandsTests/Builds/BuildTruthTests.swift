import Analysis
import BuildModel
import Figures
import Foundation
import TestSupport
import Testing

/// Real builders, whose caches do what they are known to do: each log must tell just that.
@Suite(
    .serialized,
    .enabled(if: FileManager.default.isExecutableFile(atPath: TruthScenario.busybox), "needs a static busybox"))
struct BuildTruthTests {
    /// What must come out after each change: outcomes of the instructions in the order of the Dockerfile (hit, miss,
    /// not probed), and the causes of the first misses, stage by stage.
    private typealias Expected = [TruthScenario.Change: (letters: String, causes: [MissCause])]

    private func check(_ found: [(TruthScenario.Change, Build)], _ expected: Expected) {
        let figures = buildFigures(found.map(\.1))
        for ((change, build), figures) in zip(found, figures) {
            let steps = build.steps.filter { $0.kind == .instruction }
            let letters = Self.letters(steps)
            guard let wanted = expected[change] else { continue }
            #expect(letters == wanted.letters, "\(change)")
            #expect(build.hits == wanted.letters.count { $0 == "h" }, "\(change)")
            #expect(build.misses == wanted.letters.count { $0 == "m" || $0 == "n" }, "\(change)")
            #expect(build.result == .completed && build.gaps.isEmpty, "\(change)")
            let misses = figures.firstMisses.sorted { Self.place($0, build) < Self.place($1, build) }
            #expect(misses.map(\.cause) == wanted.causes, "\(change): \(misses)")
            #expect(figures.firstMisses.count == Set(steps.filter(\.isMiss).map(\.stage)).count, "\(change)")
        }
        #expect(found.count == TruthScenario.Change.allCases.count)
    }

    /// The stage's place in the Dockerfile.
    private static func place(_ miss: FirstMiss, _ build: Build) -> Int {
        build.steps[miss.step].stage == "make" ? 0 : 1
    }

    /// In the order of the Dockerfile, which is not that of the log.
    private static func letters(_ steps: [BuildStep]) -> String {
        let order = steps.sorted {
            ($0.stage == "make" ? 0 : 1, $0.position ?? 0) < ($1.stage == "make" ? 0 : 1, $1.position ?? 0)
        }
        return order.map { step in
            switch step.outcome {
            case .hit: "h"
            case .miss: "m"
            case .notProbed: "n"
            case .completed: "c"
            case .skipped, .failed, .canceled: "?"
            }
        }.joined()
    }

    // ENV, COPY f1, RUN, COPY f2, RUN: the builder looks up each until one misses. podman and buildah do not say which
    // image `base:1` was: where the first instruction misses, its base or its entry may be what is gone.
    private static let single: Expected = [
        .first: ("mnnnn", [.unknown]),
        .nothing: ("hhhhh", []),
        .file: ("hhhmn", [.inputsChanged]),
        .instruction: ("hhmnn", [.instructionChanged]),
        .baseMoved: ("mnnnn", [.unknown]),
        .pruned: ("mnnnn", [.unknown]),
    ]

    // COPY f1, RUN; COPY f2, COPY --from, CMD.
    private static let multi: Expected = [
        .first: ("mnmnn", [.unknown, .unknown]),
        .nothing: ("hhhhh", []),
        // The other stage hits on the same base.
        .file: ("hhmnn", [.inputsChanged]),
        .instruction: ("hmhmn", [.instructionChanged, .earlierStep]),
        .baseMoved: ("mnmnn", [.unknown, .unknown]),
        .pruned: ("mnmnn", [.unknown, .unknown]),
    ]

    // The classic builder says it. What COPY takes it does not say: where nothing hits, files may have changed.
    private static let singleClassic = single.merging([
        .baseMoved: ("mnnnn", [.baseMoved]),
        .pruned: ("mnnnn", [.notInCache]),
    ]) { $1 }
    private static let multiClassic = multi.merging([
        .baseMoved: ("mnmnn", [.baseMoved, .baseMoved])
    ]) { $1 }

    // BuildKit has no step for ENV and CMD, and looks up every step.
    private static let singleBuildKit: Expected = [
        .first: ("mmmm", [.unknown]),
        .nothing: ("hhhh", []),
        .file: ("hhmm", [.inputsChanged]),
        .instruction: ("hmmm", [.instructionChanged]),
        .baseMoved: ("mmmm", [.unknown]),
        .pruned: ("mmmm", [.unknown]),
    ]

    // Both stages have the base, which BuildKit prints as either's, now this and now that. It has no digest to print of
    // an image that comes from no registry.
    private static let multiBuildKit: Expected = [
        .first: ("mmmm", [.unknown, .unknown]),
        .nothing: ("hhhh", []),
        .file: ("hhmm", [.inputsChanged]),
        .instruction: ("hmhm", [.instructionChanged, .earlierStep]),
        .baseMoved: ("mmmm", [.unknown, .unknown]),
        .pruned: ("mmmm", [.unknown, .unknown]),
    ]

    @Test(
        .enabled(if: DockerEngine.isAvailable, "needs root, dockerd, containerd and docker"), arguments: [true, false])
    func `docker's builders`(buildKit: Bool) async throws {
        for isMulti in [false, true] {
            try await DockerEngine.run { engine in
                let found = try await TruthScenario().builds(DockerTruth(engine: engine, buildKit: buildKit)) {
                    isMulti ? $0.multi(from: "base:1") : $0.single(from: "base:1")
                }
                #expect(found.allSatisfy { $0.1.tool == (buildKit ? .buildkit : .classic) && $0.1.usesCache })
                let classic = isMulti ? Self.multiClassic : Self.singleClassic
                check(found, buildKit ? isMulti ? Self.multiBuildKit : Self.singleBuildKit : classic)
            }
        }
    }

    @Test(
        .enabled(
            if: PodmanEngine.isAvailable && PodmanTruth.buildahProgram != nil, "needs root, podman and buildah"),
        arguments: [nil, ["--layers"]])
    func `podman, and buildah with layers`(options: [String]?) async throws {
        for isMulti in [false, true] {
            try await PodmanEngine.run { engine in
                let found = try await TruthScenario().builds(PodmanTruth(engine: engine, buildah: options)) {
                    isMulti ? $0.multi(from: "localhost/base:1") : $0.single(from: "localhost/base:1")
                }
                #expect(found.allSatisfy { $0.1.tool == .buildah && $0.1.usesCache })
                check(found, isMulti ? Self.multi : Self.single)
            }
        }
    }

    @Test(
        .enabled(
            if: PodmanEngine.isAvailable && PodmanTruth.buildahProgram != nil, "needs root, podman and buildah"))
    func `buildah without layers has no cache, and no rate`() async throws {
        for isMulti in [false, true] {
            try await PodmanEngine.run { engine in
                let found = try await TruthScenario().builds(PodmanTruth(engine: engine, buildah: [])) {
                    isMulti ? $0.multi(from: "localhost/base:1") : $0.single(from: "localhost/base:1")
                }
                for (change, build) in found {
                    #expect(!build.usesCache && build.hits + build.misses == 0, "\(change)")
                    #expect(build.steps.allSatisfy { $0.outcome == .completed }, "\(change)")
                    #expect(build.instructions == 5 && build.result == .completed, "\(change)")
                }
                #expect(buildFigures(found.map(\.1)).allSatisfy { $0.firstMisses.isEmpty })
            }
        }
    }
}
