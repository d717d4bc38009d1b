import BuildModel
import Foundation
import ImageModel

/// One build of kaniko, and how far it has come.
struct KanikoBuild {
    private var build: StepwiseBuild
    private var stages = 0
    private var stage: StepwiseStage?
    private var probes: [Probe] = []
    private var nextProbe = 0
    private var step: Open?
    /// Instructions that were looked up at least once.
    private var probed: Set<String> = []
    /// Steps that ran after a miss of their stage.
    private var afterMiss: [Int] = []
    /// Names that layers of the cache are pushed under, which read like pushes of the image.
    private var cachePushes: Set<Substring> = []
    private var isDone = false

    /// A look at the cache, before the step is executed.
    private struct Probe {
        var text: String
        var isHit: Bool
    }

    private struct Open {
        var index: Int
        var isHit: Bool?
    }

    private static let keywords: Set<String> = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "RUN",
        "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    init(_ entry: LogrusLine, at line: LogLine) {
        build = StepwiseBuild(.kaniko, at: line, time: line.time == nil ? entry.time : nil)
        build.hasClock = line.time != nil || entry.hasClock
        build.usesCache = false
    }

    var hasStages: Bool { stages > 0 }

    /// Whether a line is none of this build.
    func isOver(before entry: LogrusLine, begins: Bool) -> Bool {
        if isDone { return !entry.message.hasPrefix("Push") }
        // Said once for a build, before its first stage.
        return stages > 0 && entry.message.hasPrefix("Built cross stage deps: ")
    }

    mutating func take(_ entry: LogrusLine, _ line: LogLine) {
        build.take(line, at: build.hasClock && line.time != nil ? nil : entry.time)
    }

    mutating func read(_ entry: LogrusLine, _ line: LogLine) {
        guard entry.level == "info" else { return }
        let message = Substring(entry.message)
        let time = line.time ?? entry.time
        if message.words(after: "Executing ")?.hasSuffix(" build triggers") ?? false {
            beginStage(at: time)
        } else if let rest = message.words(after: "Building stage '"), let index = rest.range(of: "' [idx: '") {
            let digits = rest[index.upperBound...].prefix { $0.isNumber }
            if let number = Int(digits), step == nil, stage != nil { stage?.name = "stage-\(number)" }
        } else if message.hasPrefix("Checking for cached layer ") {
            build.usesCache = true
        } else if let text = message.words(after: "Using caching version of cmd: ") {
            probe(text, isHit: true)
        } else if let text = message.words(after: "No cached layer found for cmd ") {
            probe(text, isHit: false)
        } else if readPush(message, at: time) {
            return
        } else if stage != nil, Self.keywords.contains(String(message.prefix { $0 != " " })) {
            execute(String(message), at: time)
        }
    }

    private mutating func beginStage(at time: Date?) {
        endStage(at: time)
        stage = StepwiseStage(name: "stage-\(stages)")
        stages += 1
    }

    private mutating func endStage(at time: Date?) {
        end(isOver: true, at: time)
        probes = []
        nextProbe = 0
    }

    private mutating func probe(_ text: Substring, isHit: Bool) {
        build.usesCache = true
        probed.insert(keyword(of: text))
        probes.append(Probe(text: String(text), isHit: isHit))
    }

    private mutating func execute(_ text: String, at time: Date?) {
        end(isOver: true, at: time)
        var isHit: Bool?
        if nextProbe < probes.count, probes[nextProbe].text == text {
            isHit = probes[nextProbe].isHit
            nextProbe += 1
        }
        begin(text, isHit: isHit, at: time)
    }

    private mutating func begin(_ text: String, isHit: Bool?, at time: Date?) {
        let index = build.begin(
            BuildStep(
                number: 0, kind: .instruction, name: text, stage: stage?.name, instruction: keyword(of: text),
                text: text, outcome: .canceled), at: time)
        step = Open(index: index, isHit: isHit)
    }

    /// Ends the open step.
    ///
    /// - Parameter isOver: whether something that comes after it was seen.
    private mutating func end(isOver: Bool, at time: Date?) {
        guard let open = step else { return }
        step = nil
        if build.steps[open.index].outcome == .failed { return }
        if open.isHit == true {
            build.end(open.index, .hit, at: time)
        } else if isOver {
            if open.isHit == nil, stage?.hasMissed ?? false { afterMiss.append(open.index) }
            if open.isHit == false { stage?.hasMissed = true }
            build.end(open.index, open.isHit == false ? .miss : .completed, at: time)
        } else {
            build.end(open.index, .canceled, at: time)
        }
    }

    private mutating func readPush(_ message: Substring, at time: Date?) -> Bool {
        if let rest = message.words(after: "Pushing layer ") {
            cachePushes.insert(rest.prefix { $0 != " " })
        } else if let name = message.words(after: "Pushing image to ") {
            if !cachePushes.contains(name) {
                endStage(at: time)
                build.imageNames.append(String(name))
            }
        } else if let rest = message.words(after: "Pushed ") {
            if let at = rest.lastIndex(of: "@") {
                let repository = rest[..<at]
                guard build.imageNames.contains(where: { $0.hasPrefix("\(repository):") }) else { return true }
                build.imageDigest = try? Digest(rest[rest.index(after: at)...])
            } else {
                guard rest.hasPrefix("image to ") else { return true }
            }
            complete(at: time)
        } else if message.hasPrefix("Skipping push to container registry due to --no-push flag") {
            complete(at: time)
        } else {
            return false
        }
        return true
    }

    private mutating func complete(at time: Date?) {
        guard build.result != .failed else { return }
        endStage(at: time)
        build.result = .completed
        isDone = true
    }

    /// What kaniko says when it gives up, which is no line of its log.
    mutating func readFailure(_ line: LogLine) -> Bool {
        let text = String(Substring(line.text).trimmedEnd)
        guard !isDone, ["error building image: ", "error pushing image: "].contains(where: { text.hasPrefix($0) })
        else { return false }
        build.take(line)
        build.fail(text.hasPrefix("error building") ? step?.index : nil, text, at: line.time)
        isDone = true
        return true
    }

    /// The build as far as it was read.
    func closed() -> StepwiseBuild {
        var copy = self
        copy.end(isOver: false, at: nil)
        // A hit was one already when it was looked up.
        for probe in copy.probes.dropFirst(copy.nextProbe) where probe.isHit {
            copy.begin(probe.text, isHit: true, at: nil)
            copy.end(isOver: false, at: nil)
        }
        for index in copy.afterMiss {
            let keyword = copy.build.steps[index].instruction ?? ""
            if keyword == "RUN" || copy.probed.contains(keyword) { copy.build.setOutcome(.notProbed, of: index) }
        }
        return copy.build
    }
}
