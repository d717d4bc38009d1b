import BuildModel
import Dockerfile

/// Which step of a build is which instruction of a stage of the file as it is now. The recorded file may have been
/// another: an instruction may have had another text, or not have been there.
struct StageAlignment {
    /// For each instruction of the stage (without FROM) the index of its step among the build's.
    var steps: [Int?]
    /// The index of the step that is the base image.
    var base: Int?

    /// Of several platforms, the one that comes first.
    init(_ instructions: [Instruction], _ stage: StageName, in build: Build) {
        let chosen = build.steps.indices.filter { stage.fits(build.steps[$0], in: build) }
        let platform = chosen.first.flatMap { build.steps[$0].platform }
        let ours = chosen.filter { build.steps[$0].platform == platform }
        base = ours.first { build.steps[$0].kind == .from }
        let found = ours.filter { build.steps[$0].kind == .instruction }
        steps = Self.align(instructions, found.map { build.steps[$0] }).map { $0.map { found[$0] } }
    }

    var isEmpty: Bool { steps.allSatisfy { $0 == nil } }

    /// The alignment that keeps the order, pairs the same keywords only, and has most equal texts, then most pairs.
    private static func align(_ instructions: [Instruction], _ steps: [BuildStep]) -> [Int?] {
        let (rows, columns) = (instructions.count, steps.count)
        let wanted = instructions.map { plain($0.text) }
        let printed = steps.map { plain($0.text) }
        func worth(_ row: Int, _ column: Int) -> Int? {
            guard steps[column].instruction == instructions[row].keyword else { return nil }
            return isSame(wanted[row], printed[column]) ? 1_000 : 1
        }
        var best = Array(repeating: Array(repeating: 0, count: columns + 1), count: rows + 1)
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                let skipped = max(best[row + 1][column], best[row][column + 1])
                best[row][column] = max(skipped, worth(row, column).map { $0 + best[row + 1][column + 1] } ?? 0)
            }
        }
        var found: [Int?] = Array(repeating: nil, count: rows)
        var (row, column) = (0, 0)
        while row < rows && column < columns {
            if let worth = worth(row, column), best[row][column] == worth + best[row + 1][column + 1] {
                found[row] = column
                (row, column) = (row + 1, column + 1)
            } else if best[row][column] == best[row + 1][column] {
                row += 1
            } else {
                column += 1
            }
        }
        return found
    }

    private static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Builders print long names cut, and with the first line of a heredoc.
    private static func isSame(_ wanted: String, _ printed: String) -> Bool {
        if wanted == printed { return true }
        for end in ["...", "…"] where printed.hasSuffix(end) {
            return printed.count > 12 && wanted.hasPrefix(printed.dropLast(end.count))
        }
        return false
    }
}

/// How builders name a stage.
struct StageName: Equatable {
    var name: String
    var number: Int
    /// The number of stages of the file.
    var count: Int

    init(_ stage: Stage, number: Int, count: Int) {
        name = stage.name ?? "stage-\(number)"
        self.number = number
        self.count = count
    }

    /// Whether a step belongs to the stage. Steps without a stage belong to the only one.
    func fits(_ step: BuildStep, in build: Build) -> Bool {
        guard step.kind == .instruction || step.kind == .from else { return false }
        guard let stage = step.stage?.lowercased() else { return count == 1 }
        return stage == name.lowercased() || stage == "stage-\(number)"
    }
}
