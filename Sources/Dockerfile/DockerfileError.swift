/// Why a Dockerfile cannot be read, and where.
package struct DockerfileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Problem: Sendable, Equatable {
        case largerThan(bytes: Int)
        case moreInstructionsThan(Int)
        case lineLongerThan(bytes: Int)
        case noInstructions
        case noStages
        case beforeFirstFrom(keyword: String)
        case unknownInstruction(String)
        /// A heredoc whose last line never came.
        case unterminatedHeredoc(name: String)
        /// Of a `# name=value` line above the first instruction.
        case directive(String)
        /// Of the words of an instruction.
        case instruction(keyword: String, String)
        /// Of a variable, or of what it grew to.
        case expansion(String)
    }

    /// The line of the file, from 1. Nil when the whole file is meant.
    package var line: Int?
    package var problem: Problem

    package init(line: Int? = nil, _ problem: Problem) {
        self.line = line
        self.problem = problem
    }

    package var description: String {
        let place = line.map { "dockerfile line \($0)" } ?? "dockerfile"
        return "\(place): \(problem.text)"
    }
}

extension DockerfileError.Problem {
    fileprivate var text: String {
        switch self {
        case .largerThan(let bytes): "larger than the \(bytes) bytes allowed"
        case .moreInstructionsThan(let count): "more than the \(count) instructions allowed"
        case .lineLongerThan(let bytes): "longer than the \(bytes) bytes allowed in one line"
        case .noInstructions: "there is no instruction in it"
        case .noStages: "there is no FROM in it"
        case .beforeFirstFrom(let keyword): "\(keyword) stands before the first FROM; only ARG may"
        case .unknownInstruction(let keyword): "unknown instruction \(keyword)"
        case .unterminatedHeredoc(let name): "the heredoc \(name) has no line \(name) that ends it"
        case .directive(let reason): reason
        case .instruction(let keyword, let reason): keyword.isEmpty ? reason : "\(keyword): \(reason)"
        case .expansion(let reason): reason
        }
    }
}
