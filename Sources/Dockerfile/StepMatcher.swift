/// Ties the steps of a log to the lines of a Dockerfile.
///
/// The position decides and the text must agree; where they do not, or where two instructions would do, there is no
/// answer. A log of another version of the file gives no wrong lines that way.
package struct StepMatcher: Sendable {
    private let file: Dockerfile
    private let vertices: [Vertex]
    private let printsStageNames: Bool

    /// Throws what ``Dockerfile/vertices(_:)`` throws.
    package init(_ file: Dockerfile, _ settings: BuildSettings = .init()) throws(DockerfileError) {
        self.file = file
        vertices = try file.vertices(settings)
        printsStageNames = file.printsStageNames
    }

    /// The lines of the instruction behind a step named as BuildKit names it. Nil for steps that are no instruction of
    /// the file: internal ones, and ONBUILD triggers, whose text is in the base image.
    package func lines(ofVertex name: String) -> ClosedRange<Int>? {
        instruction(ofVertex: name).map { file.instructions[$0].lines }
    }

    /// As ``lines(ofVertex:)``, but an index into ``Dockerfile/instructions``.
    package func instruction(ofVertex name: String) -> Int? {
        guard let label = VertexLabel(name), !label.isOnBuild else { return nil }
        return instruction(
            stage: label.prefixes.last, position: label.position, total: label.total, text: label.text)
    }

    /// The lines of a step.
    ///
    /// - Parameters:
    ///   - stage: as printed: a name, `stage-N`, or nil when the log has none.
    ///   - position: from 1.
    ///   - total: the number behind the slash; nil when it is not known, then it is taken to be that of the file.
    ///   - text: the instruction as printed.
    package func lines(stage: String?, position: Int, total: Int? = nil, text: String) -> ClosedRange<Int>? {
        instruction(stage: stage, position: position, total: total, text: text).map { file.instructions[$0].lines }
    }

    /// As ``lines(stage:position:total:text:)``, but an index into ``Dockerfile/instructions``.
    package func instruction(stage: String?, position: Int, total: Int? = nil, text: String) -> Int? {
        let printed = PrintedText(text)
        let candidates = vertices.filter { vertex in
            guard isStage(vertex.stage, stage), let range = positions(of: vertex, total) else { return false }
            return range.contains(position) && agrees(vertex, text, printed)
        }
        return candidates.count == 1 ? candidates[0].instruction : nil
    }

    /// The lines of a step of a builder that counts every instruction: docker's classic builder through the whole file,
    /// what stands before the first FROM included (`Step 3/7 : RUN make`), buildah in each stage, FROM being the first
    /// (`[1/2] STEP 2/5: RUN make`).
    ///
    /// - Parameters:
    ///   - position: from 1.
    ///   - stage: from 1 in the order of the file; nil means that the whole file is counted.
    ///   - text: the instruction as printed.
    package func lines(instruction position: Int, ofStage stage: Int?, text: String) -> ClosedRange<Int>? {
        guard position > 0 else { return nil }
        var counted = file.instructions.indices
        if let stage {
            guard stage > 0, stage <= file.stages.count else { return nil }
            counted = file.stages[stage - 1].instructions
        }
        guard position <= counted.count else { return nil }
        let instruction = file.instructions[counted.lowerBound + position - 1]
        let written = instruction.text.withCapitalKeyword
        return PrintedText(text.withCapitalKeyword).agrees(with: written, escape: file.lexer.escape)
            ? instruction.lines : nil
    }

    private func isStage(_ index: Int, _ name: String?) -> Bool {
        guard printsStageNames else { return true }
        // An older BuildKit does not count images that are only copied from.
        guard let name else { return file.stages.count == 1 }
        return (file.stages[index].name ?? "stage-\(index)") == name.lowercased()
    }

    /// Where a step can stand in a log whose stage has `total` steps. Triggers of the base image come first and all
    /// count in the total, though not each makes a step; a WORKDIR that is the root has no step. Nil when the log's
    /// stage has fewer steps than the file's.
    private func positions(of vertex: Vertex, _ total: Int?) -> ClosedRange<Int>? {
        let triggers = (total ?? vertex.total) - vertex.total
        guard triggers >= 0 else { return nil }
        if file.instructions[vertex.instruction].keyword == "FROM" { return vertex.position...vertex.position }
        let first = file.stages[vertex.stage].instructions.lowerBound
        let folders =
            vertex.isCertain ? 0 : file.instructions[first..<vertex.instruction].count { $0.keyword == "WORKDIR" }
        return max(1, vertex.position - folders)...(vertex.position + triggers)
    }

    private func agrees(_ vertex: Vertex, _ text: String, _ printed: PrintedText) -> Bool {
        if vertex.text == text { return true }
        let instruction = file.instructions[vertex.instruction]
        guard instruction.keyword != "FROM" else { return BaseName(vertex.text) == BaseName(text) }
        return printed.agrees(with: instruction.printedText.withCapitalKeyword, escape: file.lexer.escape)
    }
}

/// What FROM names, without what BuildKit adds when it resolves it: registry, tag, digest.
private struct BaseName: Equatable {
    let name: String
    let tag: String

    init(_ text: String) {
        var rest = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        if let digest = rest.firstIndex(of: "@") { rest = String(rest[..<digest]) }
        for prefix in ["docker.io/library/", "docker.io/"] where rest.hasPrefix(prefix) {
            rest.removeFirst(prefix.count)
            break
        }
        let slash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[slash...].lastIndex(of: ":") {
            name = String(rest[..<colon])
            tag = String(rest[rest.index(after: colon)...])
        } else {
            name = rest
            tag = "latest"
        }
    }
}
