import Dockerfile
import Figures

/// Finds a COPY of all sources above the installation of dependencies, and puts the lists of dependencies first.
struct ManifestRewrite {
    let dockerfile: Dockerfile
    let text: DockerfileText
    let dependencies: StageDependencies
    /// Indexes of the stage's instructions in the file, without FROM.
    let indexes: [Int]
    let observations: StageObservations
    let histories: [InstructionHistory]

    /// At most one for a stage: the first installation that a COPY of everything stands above.
    func find() -> StructuralRewrite? {
        let instructions = dependencies.instructions
        for (install, run) in instructions.enumerated() where run.keyword == "RUN" && !run.readsFiles {
            let found = run.script.commands.lazy.compactMap(DependencyInstall.init).first
            guard let found else { continue }
            let copies = (0..<install).filter { instructions[$0].keyword == "COPY" }
            let isSplit = copies.contains { copy in
                instructions[copy].arguments.dropLast().contains(where: found.needs)
            }
            // The last COPY of everything is the one that must move; an earlier one would have to as well.
            let whole = copies.filter { Self.copiesEverything(instructions[$0]) }
            guard !isSplit, whole.count == 1, let copy = whole.first else { continue }
            return rewrite(copy: copy, install: install, found)
        }
        return nil
    }

    static func copiesEverything(_ copy: Instruction) -> Bool {
        copy.flag("from") == nil && copy.heredocs.isEmpty && copy.arguments.count == 2
            && [".", "./", "/"].contains(copy.arguments[0])
    }

    private func rewrite(copy: Int, install: Int, _ found: DependencyInstall) -> StructuralRewrite {
        let instructions = dependencies.instructions
        let replay = replay(copy: copy, install: install)
        let caveat = found.caveat.map { " and \($0)" } ?? ""
        return StructuralRewrite(
            rule: .manifestsFirst, copyLines: instructions[copy].lines, installLines: instructions[install].lines,
            manifests: found.manifests,
            assumption: "\(found.tool) needs no files but \(found.manifests.joined(separator: ", "))\(caveat)",
            savedAtMost: replay.saved, replayedBuilds: replay.builds,
            rewritten: canMove(copy: copy, below: install, found) ? rewritten(copy, install, found) : nil)
    }

    /// Whether the COPY may stand right below the installation, the manifests given.
    private func canMove(copy: Int, below install: Int, _ found: DependencyInstall) -> Bool {
        let instructions = dependencies.instructions
        guard found.isEnough, let destination = dependencies.destination(copy),
            destination == dependencies.folder(install), destination == dependencies.folder(copy),
            ((copy + 1)..<install).allSatisfy({ dependencies.reason(copy, $0) == nil })
        else { return false }
        let script = instructions[install].script
        return script.isPlain
            && script.commands.allSatisfy { command in
                DependencyInstall(command) != nil || ["set", "true"].contains(command[0])
                    || command.starts(with: ["npm", "cache"]) || command.starts(with: ["yarn", "cache"])
            }
    }

    private func rewritten(_ copy: Int, _ install: Int, _ found: DependencyInstall) -> String {
        var order = Array(dockerfile.instructions.indices)
        let moved = order.remove(at: indexes[copy])
        // What stood below the COPY has moved up by one.
        order.insert(moved, at: indexes[install])
        let flags = dependencies.instructions[copy].flags.map { flag in
            "--\(flag.name)" + (flag.value.map { "=\($0)" } ?? "") + " "
        }.joined()
        let destination = dependencies.destination(copy) ?? "."
        let line =
            "COPY \(flags)\(found.manifests.joined(separator: " ")) \(destination == "/" ? "/" : destination + "/")"
        return text.arranged(order, adding: [indexes[copy + 1]: line])
    }

    /// Of builds in which the COPY was the first that changed, the installation would have come from the cache.
    private func replay(copy: Int, install: Int) -> (saved: Int64?, builds: Int) {
        var saved: Int64?
        var builds = 0
        for comparison in observations.comparisons {
            let first = comparison.changes.firstIndex { $0 != .unchanged }
            var gain: Int64 = 0
            if let first, !comparison.baseChanged {
                if case .unknown = comparison.changes[first] { continue }
                if first == copy, comparison.changes[install] == .unchanged,
                    (copy..<install).dropFirst().allSatisfy({ comparison.changes[$0] == .unchanged })
                {
                    guard let duration = comparison.durations[install] ?? histories[install].duration else { continue }
                    gain = duration
                }
            }
            saved = (saved ?? 0) + gain
            builds += 1
        }
        return (saved, builds)
    }
}
