import Foundation
package import ImageModel

/// What a build was read from.
package struct BuildReading: Sendable, Hashable {
    /// ``Build/contentDigest`` of what was read.
    package var digest: Digest
    package var form: BuildForm

    package init(digest: Digest, form: BuildForm) {
        self.digest = digest
        self.form = form
    }
}

/// A build, and all that it was read from so far.
package struct KnownBuild: Sendable, Equatable {
    package var build: Build
    package var readings: Set<BuildReading>

    package init(build: Build, readings: Set<BuildReading>) {
        self.build = build
        self.readings = readings
    }

    /// A build that was read once.
    package init(_ build: Build) { self.init(build: build, readings: [build.reading]) }

    /// Takes another reading of the build.
    package mutating func take(_ other: Build) {
        build.merge(other)
        readings.insert(other.reading)
    }
}

extension Build {
    package var reading: BuildReading { BuildReading(digest: contentDigest, form: form) }

    /// Whether the builder itself told of the build, and not what it printed.
    package var isExact: Bool { form == .record || form == .api }

    /// A hash of what all readings of one build have in common: the tool, and the instructions that ran or hit. Of
    /// several stages that run at once a log has the steps in another order than a record, so the order is left out.
    package var fingerprint: Int64 {
        let texts = steps.filter(\.isCompared).map(\.comparedName).sorted()
        let digest = Digest.of(([tool.rawValue] + texts).joined(separator: "\u{0}").utf8)
        return digest.bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Which of the known builds this one is; nil when it is none of them.
    ///
    /// The same reference is the same build, and so is the same content, unless the builds are known to have started at
    /// different times. A log, which has no reference, is what a record or the API tells of when all that both know
    /// agrees (``agrees(with:)``), that is enough to tell it from the next build, no other log of its kind was taken
    /// for that build, and there is exactly one such build.
    package func position(among known: [KnownBuild]) -> Int? {
        if let reference, let found = known.firstIndex(where: { $0.build.reference == reference }) { return found }
        let hasSameContent = { (other: KnownBuild) in
            other.readings.contains { $0.digest == contentDigest } && !isOther(than: other.build)
        }
        if let found = known.firstIndex(where: hasSameContent) { return found }
        let alike = known.indices.filter { position in
            let other = known[position]
            return isExact != other.build.isExact && !isOther(than: other.build)
                && !other.readings.contains { $0.form == form } && agrees(with: other.build)
        }
        return alike.count == 1 ? alike.first : nil
    }

    /// Whether it is known to be another build: both have a reference, or a start, and these are not the same.
    private func isOther(than other: Build) -> Bool {
        if let reference, let theirs = other.reference, reference != theirs { return true }
        if let startedAt, let theirs = other.startedAt { return abs(startedAt.timeIntervalSince(theirs)) > 2 }
        return false
    }

    /// Whether two readings can be of one build, and are of no other: the same tool and instructions with the same
    /// outcomes, times that differ by no more than a log rounds them (0.1 s, so 60 ms), the same image. Builds that did
    /// nothing but hit look all the same; so both must have a start, or two steps that took some time.
    package func agrees(with other: Build) -> Bool {
        guard tool == other.tool, fingerprint == other.fingerprint, !isOther(than: other) else { return false }
        if let imageDigest, let theirs = other.imageDigest, imageDigest != theirs { return false }
        let (mine, theirs) = (comparedSteps, other.comparedSteps)
        var timed = 0
        for (name, steps) in mine {
            // The fingerprints are the same, so the names are.
            guard let others = theirs[name], steps.count == others.count else { return false }
            for (step, other) in zip(steps, others) {
                guard step.outcome.rank == other.outcome.rank else { return false }
                guard let duration = step.duration, let theirs = other.duration else { continue }
                guard abs(duration - theirs) <= 60_000_000 else { return false }
                if min(duration, theirs) >= 100_000_000 { timed += 1 }
            }
        }
        return timed >= 2 || (startedAt != nil && other.startedAt != nil)
    }

    /// Instructions by what both readings call them, in the order of their times.
    private var comparedSteps: [String: [BuildStep]] {
        Dictionary(grouping: steps.filter(\.isCompared), by: \.comparedName).mapValues { steps in
            steps.sorted { ($0.outcome.rank, $0.duration ?? 0) < ($1.outcome.rank, $1.duration ?? 0) }
        }
    }
}

extension BuildStep {
    /// Whether every form tells of the step. One that never ran, a log may not name.
    fileprivate var isCompared: Bool { kind == .instruction && outcome != .skipped }
    /// What every form calls the step.
    var comparedName: String {
        ([platform ?? ""] + text.split(whereSeparator: \.isWhitespace).map(String.init)).joined(separator: " ")
    }
}

extension StepOutcome {
    /// Outcomes of one rank look the same in a log: whether a step that ran was looked up, it may not say.
    fileprivate var rank: Int {
        switch self {
        case .hit: 0
        case .miss, .notProbed, .completed: 1
        case .failed: 2
        case .canceled: 3
        case .skipped: 4
        }
    }
}
