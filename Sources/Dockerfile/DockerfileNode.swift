/// An instruction as BuildKit's low-level parser sees it: its words are parted but not judged, so that unknown
/// keywords and missing arguments are still there (frontend/dockerfile/parser, `Node`).
package struct DockerfileNode: Sendable, Equatable {
    /// As written: `run` or `RUN`.
    package var keyword: String
    /// `--from=build`, quotes and escapes resolved.
    package var flags: [String]
    /// The words after the flags. ENV and LABEL have three for each variable: name, value, and `=` or nothing for
    /// the form `ENV name value`.
    package var words: [String]
    package var isJSON: Bool
    /// Of RUN, COPY and ADD, and of an ONBUILD of these. Their tabs are still there.
    package var heredocs: [Instruction.Heredoc]
    /// What follows ONBUILD: one node, or none.
    package var triggers: [DockerfileNode]
    /// Continuation lines joined, comments left out.
    package var text: String
    /// Lines of the file, from 1.
    package var lines: ClosedRange<Int>
}

/// A Dockerfile parted into nodes.
package struct DockerfileNodes: Sendable, Equatable {
    package var directives: ParserDirectives
    package var nodes: [DockerfileNode]

    /// Parts a file.
    ///
    /// Throws for a file that is too large, that has no instruction, or whose lines cannot be parted.
    package init(parsing bytes: some Collection<UInt8>, limits: DockerfileLimits = .init()) throws(DockerfileError) {
        guard bytes.count <= limits.bytes else { throw DockerfileError(.largerThan(bytes: limits.bytes)) }
        var reader = try LineReader(bytes, limit: limits.lineBytes)
        directives = ParserDirectives()
        nodes = []
        while let line = try reader.nextInstruction(&directives) {
            guard nodes.count < limits.instructions else {
                throw DockerfileError(line: line.start, .moreInstructionsThan(limits.instructions))
            }
            let splitter = NodeSplitter(escape: directives.escape, line: line.start)
            var node = try splitter.node(line.text, lines: line.start...max(line.start, reader.number))
            if node.mayHaveHeredocs {
                for mark in try splitter.heredocs(in: line.text) {
                    node.heredocs.append(try reader.heredoc(mark, start: line.start))
                }
                node.lines = line.start...max(line.start, reader.number)
            }
            nodes.append(node)
        }
        guard !nodes.isEmpty else { throw DockerfileError(.noInstructions) }
    }
}

extension DockerfileNode {
    /// RUN, COPY and ADD in shell form, also behind ONBUILD.
    fileprivate var mayHaveHeredocs: Bool {
        let isOnBuild = keyword.lowercased() == "onbuild"
        let inner = isOnBuild ? triggers.first ?? self : self
        return ["run", "copy", "add"].contains(inner.keyword.lowercased()) && !inner.isJSON
    }
}
