/// A Dockerfile as it is written: its instructions in order, and the stages they make.
package struct Dockerfile: Sendable, Equatable {
    /// Of the `# syntax=` directive.
    package var syntax: String?
    /// Of the `# escape=` directive: `\` or a backtick.
    package var escape: Character
    /// Every instruction, those before the first FROM (global ARG) too.
    package var instructions: [Instruction]
    package var stages: [Stage]

    package init(syntax: String? = nil, escape: Character = "\\", instructions: [Instruction], stages: [Stage]) {
        self.syntax = syntax
        self.escape = escape
        self.instructions = instructions
        self.stages = stages
    }
}

/// One instruction, unexpanded.
package struct Instruction: Sendable, Equatable {
    /// In capitals: `RUN`. Of `ONBUILD RUN …` it is `ONBUILD`, and the rest is in ``trigger``.
    package var keyword: String
    /// `--from=build`, `--mount=type=cache,target=/x`, `--link`: names without dashes; nil for one without a value.
    package var flags: [Flag]
    /// The words after the flags: of a JSON (exec) form its strings, of a shell form of RUN, CMD or ENTRYPOINT one
    /// string, of ENV, LABEL and ARG `NAME=value` each, otherwise the words.
    package var arguments: [String]
    package var isJSON: Bool
    package var heredocs: [Heredoc]
    /// What ONBUILD keeps for later.
    package var trigger: [Instruction]
    /// The whole instruction as it is written, continuation lines joined, comments left out.
    package var text: String
    /// Lines of the file, from 1, heredocs included.
    package var lines: ClosedRange<Int>

    package struct Flag: Sendable, Equatable {
        package var name: String
        package var value: String?

        package init(name: String, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    package struct Heredoc: Sendable, Equatable {
        package var name: String
        package var content: String
        /// Whether variables in it are expanded (the name was not quoted).
        package var isExpanded: Bool
        /// Whether leading tabs were taken away (`<<-`).
        package var isChomped: Bool

        package init(name: String, content: String, isExpanded: Bool, isChomped: Bool) {
            self.name = name
            self.content = content
            self.isExpanded = isExpanded
            self.isChomped = isChomped
        }
    }

    package init(
        keyword: String, flags: [Flag] = [], arguments: [String], isJSON: Bool = false, heredocs: [Heredoc] = [],
        trigger: [Instruction] = [], text: String, lines: ClosedRange<Int>
    ) {
        self.keyword = keyword
        self.flags = flags
        self.arguments = arguments
        self.isJSON = isJSON
        self.heredocs = heredocs
        self.trigger = trigger
        self.text = text
        self.lines = lines
    }
}

/// A stage: a FROM and what follows it.
package struct Stage: Sendable, Equatable {
    /// Of `AS name`, in small letters.
    package var name: String?
    /// What FROM names, unexpanded: an image, a stage or `scratch`.
    package var base: String
    package var platform: String?
    /// Indexes into ``Dockerfile/instructions``, FROM first.
    package var instructions: Range<Int>

    package init(name: String? = nil, base: String, platform: String? = nil, instructions: Range<Int>) {
        self.name = name
        self.base = base
        self.platform = platform
        self.instructions = instructions
    }
}
