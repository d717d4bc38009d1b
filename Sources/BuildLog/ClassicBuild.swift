import BuildModel
import Foundation
import ImageModel

/// One build of the classic builder, and how far it has come.
struct ClassicBuild {
    var build: StepwiseBuild
    private let total: Int?
    private var number = 0
    private var stages = 0
    private var stage: StepwiseStage?
    /// Whether the stages before are known, so that one without a name can be numbered.
    private let isWhole: Bool
    private var isDone = false
    private var step: Open?

    /// The step that the build is at.
    private struct Open {
        var index: Int
        var kind: StepKind
        /// Nothing was printed since it began.
        var isFresh = true
        var isHit = false
        var isFailed = false
        var container: String?
        var isRemoved = false
        var hasImage = false
        /// Instructions that the base image left for this one (ONBUILD), and how many of them were read.
        var triggers = 0
        var trigger = 0

        var isRunning: Bool { container != nil && !isRemoved }
        /// Whether all of it was seen.
        var isWhole: Bool { hasImage && !isRunning }
        /// The step, when it is what failed: the builder may also fail after it, while it squashes the image.
        var failed: Int?
    }

    /// - Parameter line: the build's first line.
    init(_ header: ClassicHeader, at line: LogLine) {
        build = StepwiseBuild(.classic, at: line)
        total = header.total
        number = header.number - 1
        isWhole = header.number == 1
        if !isWhole { build.gaps.append("line \(line.number): the log begins at step \(header.number) of the build") }
    }

    /// Whether a container runs, so that what is printed is its output.
    var isRunning: Bool { step?.isRunning ?? false }

    func continues(with header: ClassicHeader) -> Bool {
        !isDone && header.total == total && header.number == number + 1 && header.number <= total ?? .max
    }

    mutating func begin(_ header: ClassicHeader, _ line: LogLine, isFirst: Bool = false) {
        if !isFirst { build.take(line) }
        end(isOver: true, at: line.time)
        let instruction = keyword(of: header.text)
        var kind = StepKind.instruction
        if instruction == "FROM" {
            kind = .from
            stage = StepwiseStage(name: StepwiseStage.name(from: header.text, index: isWhole ? stages : nil))
            stages += 1
        } else if instruction == "ARG", stage == nil, isWhole {
            kind = .other
        } else if stage == nil {
            stage = StepwiseStage(name: nil)
        }
        let index = build.begin(
            BuildStep(
                number: 0, kind: kind, name: "Step \(header.number)\(total.map { "/\($0)" } ?? "") : \(header.text)",
                stage: stage?.name, position: header.number, positions: total, instruction: instruction,
                text: header.text, outcome: .canceled), at: line.time)
        number = header.number
        step = Open(index: index, kind: kind)
    }

    /// Takes a line that is no header and tells of no success.
    mutating func read(_ line: LogLine) -> Bool {
        guard let step, !isDone, accepts(line, step) else { return false }
        build.take(line)
        return true
    }

    private mutating func accepts(_ line: LogLine, _ open: Open) -> Bool {
        if let rest = line.text(after: " ---> ") {
            if let container = rest.words(after: "Removed intermediate container ") { return remove(container) }
            return readMarker(rest, open, line)
        }
        for text in [line.text(after: "Removing intermediate container "), line.text(after: "Removed intermediate ")] {
            if let text { return remove(text.words(after: "container ") ?? text) }
        }
        if open.kind == .from, open.isFresh, let rest = line.text(after: "# Executing "),
            rest.contains("build trigger"),
            let count = Int(rest.prefix { $0 != " " }), (1...1_000).contains(count)
        {
            end(isOver: true, at: line.time)
            step?.triggers = count
            beginTrigger(at: line.time)
            return true
        }
        return readFailure(line, open)
    }

    private mutating func readMarker(_ rest: Substring, _ open: Open, _ line: LogLine) -> Bool {
        if rest == "Using cache" {
            guard open.isFresh, open.kind == .instruction else { return false }
            step?.isHit = true
        } else if let container = rest.words(after: "Running in "), container.isHex(12...12) {
            guard open.isFresh else { return false }
            step?.container = String(container)
        } else if rest.isHex(12...12) {
            // Without removal of containers (`--rm=false`) this is the end, too, but output may look the same: only
            // the next step tells.
            step?.hasImage = !open.isRunning
            if open.trigger > 0, !open.isRunning { beginTrigger(at: line.time) }
            return true
        } else {
            return rest.hasPrefix("[Warning]")
        }
        step?.isFresh = false
        return true
    }

    private mutating func remove(_ container: Substring) -> Bool {
        guard let known = step?.container, known == container else { return false }
        step?.isRemoved = true
        return true
    }

    /// The next instruction that the base image left; the last one stays open until the next header.
    private mutating func beginTrigger(at time: Date?) {
        guard let open = step, open.trigger < open.triggers else { return }
        if open.trigger > 0 { end(isOver: true, at: time) }
        let index = build.begin(
            BuildStep(
                number: 0, kind: .instruction, name: "build trigger \(open.trigger + 1) of \(open.triggers)",
                stage: stage?.name, instruction: "ONBUILD", text: "ONBUILD \(open.trigger + 1) of the base image",
                outcome: .canceled), at: time, isPrinted: false)
        step = Open(index: index, kind: .instruction, triggers: open.triggers, trigger: open.trigger + 1)
    }

    /// Ends the open step.
    ///
    /// - Parameter isOver: whether something that comes after it was seen.
    private mutating func end(isOver: Bool, at time: Date?) {
        guard let open = step else { return }
        if open.isFailed, isOver || (open.failed != nil && open.isWhole) { build.unfail(open.failed) }
        var outcome = StepOutcome.canceled
        if open.isHit {
            outcome = .hit
        } else if open.failed != nil, !isOver, !open.isWhole {
            return
        } else if isOver || open.isWhole {
            outcome = open.kind == .instruction ? stage?.ran() ?? .miss : .completed
        }
        build.end(open.index, outcome, at: time)
    }

    /// `Successfully built <id>` after the last step, and `Successfully tagged` right after that.
    mutating func readSuccess(_ line: LogLine) -> Bool {
        if isDone {
            guard let name = line.text(after: "Successfully tagged "), line.number <= build.lastLine + 1 else {
                return false
            }
            build.imageNames.append(String(name))
        } else {
            guard let image = line.text(after: "Successfully built "), image.isHex(12...12), step != nil,
                total == nil || number == total
            else { return false }
            end(isOver: true, at: line.time)
            step = nil
            isDone = true
            build.result = .completed
        }
        build.take(line)
        return true
    }

    func closed() -> StepwiseBuild {
        var copy = self
        copy.end(isOver: false, at: nil)
        return copy.build
    }

    /// How the builder and its client say that a step failed. Output of RUN may look the same: then another step
    /// follows, and it did not fail.
    private mutating func readFailure(_ line: LogLine, _ open: Open) -> Bool {
        guard Self.failures.prefix(open.isRunning ? 2 : .max).contains(where: { line.bytes.starts(with: $0.utf8) })
        else {
            return false
        }
        let text = String(Substring(line.text).trimmedEnd)
        if open.isRunning, text.hasPrefix(Self.failures[0]), !text.contains("' returned a non-zero code: ") {
            return false
        }
        if open.isFailed { build.unfail(open.failed) }
        step?.isFailed = true
        step?.failed = open.isHit || open.isWhole ? nil : open.index
        build.fail(step?.failed, text, at: line.time)
        return true
    }

    /// The first two also while a container runs.
    private static let failures = [
        "The command '", "ERROR: Service '", "COPY failed: ", "ADD failed: ", "Error response from daemon: ",
        "pull access denied for ", "manifest for ", "toomanyrequests: ", "no matching manifest for ", "Get \"http",
        "Get http", "error pulling image ", "error squashing image: ", "error creating overlay mount",
        "failed to export image: ", "failed to create ", "max depth exceeded", "invalid from flag value ",
    ]
}

extension Substring {
    /// What comes after a beginning; nil when it begins with something else.
    func words(after prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
