import BuildModel
import ImageModel
import Testing

/// What counts in a hit rate.
@Suite struct CountTests {
    private func build(_ steps: [(StepKind, StepOutcome)], usesCache: Bool = true) throws -> Build {
        Build(
            contentDigest: try Digest("sha256:" + String(repeating: "a", count: 64)), form: .log, tool: .buildkit,
            result: .completed, usesCache: usesCache,
            steps: steps.enumerated().map { number, step in
                BuildStep(number: number + 1, kind: step.0, name: "", text: "", outcome: step.1)
            })
    }

    @Test func `only instructions that hit or ran to their end count`() throws {
        let build = try build([
            (.internal, .completed), (.from, .hit), (.context, .miss), (.instruction, .hit), (.instruction, .miss),
            (.instruction, .notProbed), (.instruction, .skipped), (.instruction, .failed), (.instruction, .canceled),
            (.instruction, .completed), (.export, .completed),
        ])
        #expect(build.instructions == 7)
        #expect(build.hits == 1)
        #expect(build.misses == 2)
    }

    @Test func `a builder without a cache has neither hits nor misses`() throws {
        let build = try build([(.instruction, .hit), (.instruction, .miss)], usesCache: false)
        #expect(build.hits == 0 && build.misses == 0 && build.instructions == 2)
    }
}
