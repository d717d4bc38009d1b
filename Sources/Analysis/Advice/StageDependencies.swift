import Dockerfile

/// Which instructions of one stage must keep their order, and why. Whatever cannot be shown to be independent is
/// dependent.
struct StageDependencies {
    /// The stage's instructions without FROM.
    let instructions: [Instruction]
    /// The working folder before each; nil when it hangs on a variable or on the base image.
    private let folders: [String?]
    private let usesOtherShell: Bool
    private let changesPrograms: Bool

    init(_ instructions: [Instruction]) {
        self.instructions = instructions
        var folder: String?
        folders = instructions.map { instruction in
            defer {
                if instruction.keyword == "WORKDIR" {
                    folder = instruction.arguments.first.flatMap { FolderPath.resolve($0, in: folder) }
                }
            }
            return folder
        }
        usesOtherShell = instructions.contains { $0.keyword == "SHELL" }
        changesPrograms = instructions.contains { instruction in
            ["ENV", "ARG"].contains(instruction.keyword)
                && Self.names(of: instruction).contains { $0 == "PATH" || $0.hasPrefix("LD_") }
        }
    }

    /// Why the second, which stands below, must stay below the first; nil when the two are independent.
    func reason(_ first: Int, _ second: Int) -> String? {
        let (one, two) = (instructions[first], instructions[second])
        let name = "\(one.keyword) of line \(one.lines.lowerBound)"
        if let variable = sharedVariable(one, two) { return "\(variable) is set by one and used by the other" }
        if one.keyword == two.keyword, !["COPY", "ADD"].contains(one.keyword) {
            if one.keyword == "RUN" { return "a RUN may use whatever the RUN before it left" }
            return "of two \(one.keyword) the later one counts"
        }
        switch (one.keyword, two.keyword) {
        case ("COPY", "COPY"), ("COPY", "ADD"), ("ADD", "COPY"), ("ADD", "ADD"): return overlap(first, second)
        case ("COPY", "RUN"), ("ADD", "RUN"): return filesAndRun(files: first, run: second, name)
        case ("RUN", "COPY"), ("RUN", "ADD"): return filesAndRun(files: second, run: first, name)
        case ("WORKDIR", "COPY"), ("WORKDIR", "ADD"): return folderAndFiles(first, second)
        case ("COPY", "WORKDIR"), ("ADD", "WORKDIR"): return folderAndFiles(second, first)
        default: return setting(one, two)
        }
    }

    // MARK: Settings

    private static let isFileMaker: Set = ["RUN", "COPY", "ADD", "WORKDIR", "VOLUME"]

    /// Instructions that change how others work.
    private func setting(_ one: Instruction, _ two: Instruction) -> String? {
        func are(_ keyword: String, _ others: Set<String>) -> Bool {
            one.keyword == keyword && others.contains(two.keyword)
                || two.keyword == keyword && others.contains(one.keyword)
        }
        if are("ENV", ["RUN"]) || are("ARG", ["RUN"]) {
            return "every program of a RUN sees the variables set before it"
        }
        if are("USER", Self.isFileMaker) { return "USER decides who owns files and what is permitted" }
        if are("WORKDIR", ["RUN", "VOLUME"]) { return "WORKDIR decides where it works" }
        if are("SHELL", ["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"]) { return "SHELL decides what runs it" }
        if are("VOLUME", ["RUN", "COPY", "ADD"]) { return "what is written to a VOLUME after it may be lost" }
        if are("CMD", ["ENTRYPOINT"]) { return "ENTRYPOINT may reset CMD" }
        if one.keyword == "ONBUILD" || two.keyword == "ONBUILD" { return "ONBUILD keeps its place" }
        return nil
    }

    // MARK: Files

    /// Where COPY or ADD writes; nil when it hangs on a variable or an unknown folder.
    func destination(_ index: Int) -> String? {
        instructions[index].arguments.last.flatMap { FolderPath.resolve($0, in: folders[index]) }
    }

    /// The working folder before an instruction; nil when it is not known.
    func folder(_ index: Int) -> String? { folders[index] }

    private func overlap(_ first: Int, _ second: Int) -> String? {
        guard let one = destination(first), let two = destination(second) else {
            return "it is not known that they write to different folders"
        }
        return FolderPath.overlap(one, two)
            ? "both write to \(one.count < two.count ? two : one), and the later counts" : nil
    }

    private func folderAndFiles(_ folder: Int, _ files: Int) -> String? {
        guard let path = instructions[files].arguments.last, path.hasPrefix("/"), let written = destination(files)
        else {
            return "its destination is relative to WORKDIR"
        }
        guard let made = instructions[folder].arguments.first.flatMap({ FolderPath.resolve($0, in: folders[folder]) })
        else { return "it is not known that WORKDIR makes another folder" }
        return FolderPath.overlap(made, written) ? "both write to \(written)" : nil
    }

    private func filesAndRun(files: Int, run: Int, _ name: String) -> String? {
        let isFilesFirst = files < run
        let dependent = isFilesFirst ? "it may read what \(name) brings" : "it may need what \(name) left"
        guard !usesOtherShell else { return "\(dependent): SHELL names what runs it" }
        guard !changesPrograms else { return "\(dependent): PATH or LD_… is changed" }
        if let doubt = SystemInstall.doubt(of: instructions[run]) { return "\(dependent): \(doubt)" }
        guard let destination = destination(files) else { return "\(dependent): where files go is not known" }
        guard FolderPath.isOfApplication(destination) else {
            return "\(dependent): packages use \(destination) too"
        }
        let owner = instructions[files].flag("chown") ?? ""
        if owner.contains(where: { !$0.isNumber && $0 != ":" }) {
            return "--chown=\(owner) names a user that it may make or change"
        }
        return nil
    }

    // MARK: Variables

    /// Names that ENV or ARG sets.
    static func names(of instruction: Instruction) -> [String] {
        guard ["ENV", "ARG"].contains(instruction.keyword) else { return [] }
        return instruction.arguments.map { String($0.prefix { $0 != "=" }) }
    }

    private func sharedVariable(_ one: Instruction, _ two: Instruction) -> String? {
        let (names, others) = (Self.names(of: one), Self.names(of: two))
        if let name = names.first(where: others.contains) { return name }
        return names.first { Self.mentions(two, $0) } ?? others.first { Self.mentions(one, $0) }
    }

    /// Whether the text uses `$NAME` or `${NAME…}`.
    static func mentions(_ instruction: Instruction, _ name: String) -> Bool {
        let text = instruction.text + instruction.heredocs.map(\.content).joined()
        for part in text.split(separator: "$", omittingEmptySubsequences: false).dropFirst() {
            let rest = part.hasPrefix("{") ? part.dropFirst() : part
            if rest.prefix(while: { $0.isLetter || $0.isNumber || $0 == "_" }) == name { return true }
        }
        return false
    }
}
