import BuildModel
import Dockerfile
import Figures
import ImageModel

@testable import Analysis

/// A step for a recorded build, in seconds; the first word is the instruction.
func step(
    _ text: String, _ outcome: StepOutcome, _ seconds: Double? = nil, stage: String? = nil
) -> BuildStep {
    let keyword = String(text.prefix { $0 != " " })
    return BuildStep(
        number: 1, kind: keyword == "FROM" ? .from : .instruction, name: text, stage: stage, instruction: keyword,
        text: text, outcome: outcome, duration: seconds.map { Int64($0 * 1e9) })
}

func build(_ steps: [BuildStep], builder: String? = nil, result: BuildResult = .completed) -> Build {
    Build(
        contentDigest: .of(Array("build".utf8)), form: .log, tool: .buildkit, builder: builder, result: result,
        steps: steps)
}

func report(_ text: String, ignore: String? = ".git", _ builds: [Build] = []) throws -> DockerfileReport {
    advice(for: try Dockerfile(parsing: text), text: text, ignore: ignore, builds: builds)
}

func seconds(_ value: Double) -> Int64 { Int64(value * 1e9) }
