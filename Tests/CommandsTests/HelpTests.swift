import ArgumentParser
import Testing

@testable import Commands

@Suite struct HelpTests {
    /// Every command, with the words that lead to it.
    static let commands: [(path: [String], type: any ParsableCommand.Type)] = {
        func below(_ path: [String], _ type: any ParsableCommand.Type) -> [([String], any ParsableCommand.Type)] {
            [(path, type)]
                + type.configuration.subcommands.flatMap {
                    below(path + [$0.configuration.commandName ?? ""], $0)
                }
        }
        return below([], Layerscope.self)
    }()

    @Test func `every verb of the command line is there`() {
        let verbs = Set(Self.commands.map(\.path).filter { $0.count == 1 }.map { $0[0] })
        let promised: Set = [
            "collect", "sources", "images", "layers", "tags", "inspect", "usage", "sharing", "dangling", "query",
            "plan", "advise", "report", "serve", "database", "doctor", "completion", "cache", "churn", "build",
            "builds",
            "steps",
        ]
        #expect(promised.subtracting(verbs).isEmpty)
    }

    @Test(arguments: commands.indices)
    func `help has a line that says what it is, examples and usage`(number: Int) {
        let (path, type) = Self.commands[number]
        let message = #expect(throws: (any Error).self) {
            var command = try CommandLineTool.parse(path + ["--help"])
            try command.run()
        }
        #expect(message != nil)
        let abstract = type.configuration.abstract
        #expect(!abstract.isEmpty && abstract.hasSuffix(".") && !abstract.contains("\n"), "\(path): \(abstract)")
        let help = Layerscope.helpMessage(for: type, columns: 100)
        #expect(help.contains("EXAMPLES\n  ") && help.contains("USAGE: layerscope"), "\(path)")
        for line in help.split(separator: "\n") where line.hasPrefix("  layerscope ") {
            #expect(line.count <= 100, "\(line)")
        }
    }

    /// The examples of all help texts, as the words that a shell would make of them.
    static let examples: [[String]] = commands.flatMap { command in
        command.type.configuration.discussion.split(separator: "\n").filter { $0.hasPrefix("  layerscope ") }
            .map { words(of: String($0)) }
    }

    @Test(arguments: examples.indices)
    func `every example is right usage`(number: Int) throws {
        _ = try CommandLineTool.parse(Array(Self.examples[number].dropFirst()))
    }

    /// Splits a line as a shell does: quotes, and nothing after a redirection.
    static func words(of line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let done = word { words.append(done) }
                word = nil
            } else if character == ">" && word == nil {
                return words
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return words
    }
}
