import BuildModel
import Foundation
import ImageModel

/// One build of buildah, and how far each of its stages has come.
struct BuildahBuild {
    var build: StepwiseBuild
    private let stageCount: Int
    var stages: [BuildahHeader.Stage: Place] = [:]
    /// Marks that were not given to a step yet.
    var marks: [Mark] = []
    /// The stage whose COMMIT was read, until its image is.
    private var committing: BuildahHeader.Stage?
    private var committed: String?
    private var lastImage: Substring?
    var isDone = false
    /// The stage whose step failed.
    private var failed: BuildahHeader.Stage?
    var hasHit = false
    var hasLayers = false
    var hasStepWithoutMark = false
    var copiesBlobs = false
    var isAmbiguous = false

    /// How far a stage has come.
    struct Place {
        var stage: StepwiseStage
        var step: Int
        var number: Int
        var total: Int?
        var line: Int
        /// Whether the step still waits for its mark.
        var isOpen: Bool
    }

    /// `--> Using cache X` and the `--> X` that follows it, or the latter alone.
    struct Mark {
        var hit: Substring?
        var isClosed: Bool
        var time: Date?
    }

    init(_ header: BuildahHeader, at line: LogLine) {
        build = StepwiseBuild(.buildah, at: line)
        stageCount = header.stage.count
    }

    /// Whether a container of RUN may be printing, so that a first step like one of this build's is its output.
    func isAwaiting(_ header: BuildahHeader) -> Bool {
        guard !isDone, build.result != .failed, header.stage.count == stageCount, let place = stages[header.stage]
        else { return false }
        return place.isOpen && place.number < place.total ?? .max && header.total != place.total
    }

    /// Takes a header when it is the next of its stage.
    mutating func read(_ header: BuildahHeader, _ line: LogLine, isFirst: Bool = false) -> Bool {
        guard !isDone || header.stage.platform != nil, header.stage.count == stageCount else { return false }
        if header.number == 0 { return commit(header, line) }
        if let place = stages[header.stage] {
            guard header.number == place.number + 1, header.total == place.total else { return false }
        } else {
            guard header.number == 1, keyword(of: header.text) == "FROM" else { return false }
            guard (header.stage.platform == nil) == stages.keys.allSatisfy({ $0.platform == nil }) || stages.isEmpty
            else { return false }
        }
        if !isFirst { build.take(line) }
        goOn()
        // Another platform.
        if isDone { build.result = .unknown }
        isDone = false
        if let place = stages[header.stage] { settle(header.stage, place, at: line.time) }
        begin(header, line, stages[header.stage]?.stage)
        return true
    }

    /// What looked like the build's failure was output, as the build goes on.
    private mutating func goOn() {
        guard build.result == .failed else { return }
        build.unfail(failed.flatMap { stages[$0]?.step })
        if let failed { stages[failed]?.isOpen = true }
        failed = nil
    }

    private mutating func begin(_ header: BuildahHeader, _ line: LogLine, _ known: StepwiseStage?) {
        let isFrom = header.number == 1
        let stage =
            known ?? StepwiseStage(name: StepwiseStage.name(from: header.text, index: header.stage.number - 1))
        let step = build.begin(
            BuildStep(
                number: 0, kind: isFrom ? .from : .instruction, name: line.text, platform: header.stage.platform,
                stage: stage.name, position: header.number, positions: header.total,
                instruction: keyword(of: header.text), text: header.text, outcome: .canceled), at: line.time)
        stages[header.stage] = Place(
            stage: stage, step: step, number: header.number, total: header.total, line: line.number,
            // FROM has a mark only when it is all there is.
            isOpen: !isFrom || header.total == 1)
    }

    private mutating func commit(_ header: BuildahHeader, _ line: LogLine) -> Bool {
        guard let place = stages[header.stage], place.total == nil || place.number == place.total else { return false }
        build.take(line)
        if marks.contains(where: { $0.hit != nil }) { settle(header.stage, place, at: line.time) }
        committing = header.stage
        committed = header.text.isEmpty ? nil : header.text
        return true
    }

    /// The stage goes on, so that its step is over: gives it its mark.
    private mutating func settle(_ key: BuildahHeader.Stage, _ place: Place, at time: Date?) {
        guard place.isOpen else {
            if place.number == 1 { build.end(place.step, .completed, at: time) }
            return
        }
        let fitting = marks.indices.filter { marks[$0].hit == nil || !place.stage.hasMissed }
        let alike = Set(fitting.map { marks[$0].hit == nil }).count < 2
        if !alike { isAmbiguous = true }
        // The mark is printed just before the stage goes on.
        guard let index = fitting.last else {
            hasStepWithoutMark = true
            return end(key, isHit: false, at: time)
        }
        let mark = marks.remove(at: index)
        give(mark, to: key)
    }

    mutating func give(_ mark: Mark, to key: BuildahHeader.Stage) {
        if let place = stages[key], mark.hit == nil, place.number < place.total ?? .max { hasLayers = true }
        end(key, isHit: mark.hit != nil, at: mark.time)
    }

    mutating func end(_ key: BuildahHeader.Stage, isHit: Bool, at time: Date?) {
        guard var place = stages[key] else { return }
        place.isOpen = false
        let outcome: StepOutcome = place.number == 1 ? .completed : isHit ? .hit : place.stage.ran()
        build.end(place.step, outcome, at: time)
        stages[key] = place
    }

    /// Takes a line that is no header: a mark, COMMIT, an image ID, an error.
    mutating func readMark(_ line: LogLine) -> Bool {
        guard accepts(line) else { return false }
        build.take(line)
        return true
    }

    private mutating func accepts(_ line: LogLine) -> Bool {
        if let rest = line.text(after: "--> ") { return readArrow(rest, line) }
        if line.text(after: "COMMIT") != nil, let rest = line.text(after: "COMMIT"), rest.isEmpty || rest.first == " " {
            let key = BuildahHeader.Stage()
            guard !isDone, let place = stages[key], place.total == nil || place.number == place.total else {
                return false
            }
            if marks.contains(where: { $0.hit != nil }) { settle(key, place, at: line.time) }
            committing = key
            committed = rest.isEmpty ? nil : String(rest.dropFirst())
            return true
        }
        if line.text(after: "Getting image source signatures") != nil {
            guard committing != nil else { return false }
            copiesBlobs = true
            return true
        }
        guard line.bytes.count < 100 || line.bytes.first.map({ $0 | 0x20 == UInt8(ascii: "e") }) ?? false else {
            return false
        }
        let text = Substring(line.text).trimmedEnd
        if text.isHex(64...64) {
            guard let lastImage, text.hasPrefix(lastImage), line.number <= build.lastLine + 2 else { return false }
            build.imageDigest = try? Digest("sha256:\(text)")
            return true
        }
        return readFailure(String(text), at: line.time)
    }

    private mutating func readArrow(_ rest: Substring, _ line: LogLine) -> Bool {
        guard !isDone else { return false }
        if let hit = rest.words(after: "Using cache "), hit.isHex(64...64) {
            guard let only = onlyOpen else {
                guard marks.count < open.count else { return false }
                hasHit = true
                marks.append(Mark(hit: hit, isClosed: false, time: line.time))
                return true
            }
            // Of RUN it comes before there is any output.
            guard let place = stages[only], !place.stage.hasMissed, line.number <= place.line + 2 || !isRun(place)
            else { return false }
            hasHit = true
            give(Mark(hit: hit, isClosed: false, time: line.time), to: only)
            lastImage = hit.prefix(11)
            return true
        }
        if rest.hasPrefix("Cache pulled from remote ") || rest.hasPrefix("Pushing cache ") { return true }
        guard rest.isHex(11...12) else { return false }
        return readImage(rest, line)
    }

    private mutating func readImage(_ image: Substring, _ line: LogLine) -> Bool {
        lastImage = image
        if let key = committing {
            committing = nil
            if stages[key]?.isOpen ?? false {
                end(key, isHit: false, at: line.time)
            }
            if let committed, build.imageNames.isEmpty { build.imageNames = [committed] }
            finished()
            return true
        }
        if let index = marks.firstIndex(where: { !$0.isClosed && $0.hit?.hasPrefix(image) ?? false }) {
            marks[index].isClosed = true
            return true
        }
        if let only = onlyOpen {
            give(Mark(isClosed: true, time: line.time), to: only)
        } else if marks.count < open.count {
            marks.append(Mark(isClosed: true, time: line.time))
        } else if !open.isEmpty {
            // More than there are steps: output.
            return false
        }
        finishIfWhole()
        return true
    }

    var open: [BuildahHeader.Stage] { stages.filter(\.value.isOpen).map(\.key) }
    private var onlyOpen: BuildahHeader.Stage? {
        let open = open
        return open.count == 1 && marks.isEmpty ? open.first : nil
    }
    private func isRun(_ place: Place) -> Bool { build.steps[place.step].instruction == "RUN" }

    /// A build without a name whose last step hit says no COMMIT: its last image is its end.
    mutating func finishIfWhole() {
        let platforms = Set(stages.keys.map(\.platform))
        let areWhole = platforms.allSatisfy { platform in
            stages[BuildahHeader.Stage(platform: platform, number: stageCount, count: stageCount)]
                .map { !$0.isOpen && $0.number == $0.total } ?? false
        }
        if areWhole { finished() }
    }

    private mutating func finished() {
        guard build.result != .failed else { return }
        isDone = true
        build.result = .completed
    }

    /// `Successfully tagged x` and warnings, right after the end.
    mutating func readEnd(_ line: LogLine) -> Bool {
        guard isDone, line.number <= build.lastLine + 2 else { return false }
        if let name = line.text(after: "Successfully tagged ") {
            if build.imageNames == committed.map({ [$0] }) { build.imageNames = [] }
            build.imageNames.append(String(name))
            committed = nil
        } else if line.text(after: "[Warning] one or more build args were not consumed") == nil {
            return false
        }
        build.take(line)
        return true
    }

    private mutating func readFailure(_ text: String, at time: Date?) -> Bool {
        let message = text.words(after: "Error: ") ?? text
        guard !isDone, Self.failures.contains(where: { message.hasPrefix($0) }) else { return false }
        let named = open.filter { stages[$0].map { message.contains("\"\(build.steps[$0.step].text)\"") } ?? false }
        let from = stages.filter { $0.value.number == 1 && $0.value.total != 1 }.map(\.key)
        let key = named.first ?? (open.count == 1 ? open.first : open.isEmpty ? from.first : nil)
        build.fail(key.flatMap { stages[$0]?.step }, text, at: time)
        if let key {
            stages[key]?.isOpen = false
            failed = key
        }
        return true
    }

    private static let failures = [
        "building at STEP \"", "error building at STEP \"", "creating build container: ",
        "error creating build container: ", "committing container for step ",
        "error committing container for step ", "resolving step ", "error resolving step ",
    ]
}

extension String {
    fileprivate func words(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
