import BuildModel
import Foundation
import ImageModel
import Testing

/// Which readings are of one build, and what the build is then.
struct BuildMatchTests {
    @Test func `the same reference is the same build`() {
        let record = madeBuild(1, form: .record, reference: "a", [.miss(5)])
        let api = madeBuild(2, form: .api, reference: "a", [.miss(5)])
        let other = madeBuild(3, form: .api, reference: "b", [.miss(5)])
        #expect(api.position(among: [KnownBuild(other), KnownBuild(record)]) == 1)
        #expect(api.position(among: [KnownBuild(other)]) == nil)
    }

    @Test func `the same content is the same build, unless it began at another time`() {
        var known = madeBuild(1, form: .log, [.hit, .hit])
        var again = known
        #expect(again.position(among: [KnownBuild(known)]) == 0)
        known.startedAt = second(0)
        #expect(again.position(among: [KnownBuild(known)]) == 0)
        again.startedAt = second(60)
        #expect(again.position(among: [KnownBuild(known)]) == nil)
    }

    /// What a log may differ in from the record of its build, and what not.
    static let changes: [(what: String, isSame: Bool, change: @Sendable (inout Build) -> Void)] = [
        ("nothing", true, { _ in }),
        ("times that are rounded", true, { $0.steps[0].duration = 2_050_000_000 }),
        ("other times", false, { $0.steps[0].duration = 2_070_000_000 }),
        ("a time that is not known", false, { $0.steps[0].duration = nil }),
        ("no word whether a look was taken", true, { $0.steps[1].outcome = .notProbed }),
        ("another outcome", false, { $0.steps[1].outcome = .hit }),
        ("another instruction", false, { $0.steps[1].text = "RUN something else" }),
        ("one step more that never ran", true, { $0.steps.append(madeStep(9, .skipped)) }),
        ("one step more that ran", false, { $0.steps.append(madeStep(9, .miss(1))) }),
        ("steps in another order", true, { $0.steps.swapAt(0, 1) }),
        ("another tool", false, { $0.tool = .buildah }),
        ("another image", false, { $0.imageDigest = Digest.of("another".utf8) }),
        ("no image", true, { $0.imageDigest = nil }),
        ("a start within two seconds", true, { $0.startedAt = second(1.5) }),
        ("a start at another time", false, { $0.startedAt = second(3) }),
    ]

    @Test(arguments: changes.indices)
    func `a log is the build of a record when all agrees that both know`(number: Int) {
        let (what, isSame, change) = Self.changes[number]
        var record = madeBuild(1, form: .record, reference: "a", [.miss(2), .miss(3)])
        record.startedAt = second(0)
        record.imageDigest = Digest.of("image".utf8)
        var log = record
        log.reference = nil
        log.form = .log
        log.contentDigest = Digest.of("log".utf8)
        log.startedAt = nil
        change(&log)
        #expect((log.position(among: [KnownBuild(record)]) == 0) == isSame, "\(what)")
        #expect((record.position(among: [KnownBuild(log)]) == 0) == isSame, "\(what), the other way round")
    }

    @Test func `builds that did nothing but hit are told apart by nothing but their starts`() {
        let record = madeBuild(1, form: .record, reference: "a", [.hit, .hit, .hit])
        var log = madeBuild(2, form: .log, [.hit, .hit, .hit])
        #expect(log.position(among: [KnownBuild(record)]) == nil)
        var known = record
        known.startedAt = second(0)
        log.startedAt = second(1)
        #expect(log.position(among: [KnownBuild(known)]) == 0)
    }

    @Test func `of two builds that a log may be of, it is none`() {
        let one = madeBuild(1, form: .record, reference: "a", [.miss(2), .miss(3)])
        let two = madeBuild(2, form: .record, reference: "b", [.miss(2), .miss(3)])
        let log = madeBuild(3, form: .log, [.miss(2), .miss(3)])
        #expect(log.position(among: [KnownBuild(one), KnownBuild(two)]) == nil)
        // One of them has its log already.
        var taken = KnownBuild(one)
        taken.take(madeBuild(4, form: .log, [.miss(2), .miss(3)]))
        #expect(log.position(among: [taken, KnownBuild(two)]) == 1)
        #expect(log.position(among: [taken]) == nil)
    }

    @Test func `two logs are two builds`() {
        let one = madeBuild(1, form: .log, [.miss(2), .miss(3)])
        let two = madeBuild(2, form: .log, [.miss(2), .miss(3)])
        #expect(two.position(among: [KnownBuild(one)]) == nil)
    }

    @Test func `what one reading lacks the other fills in, and the more exact one stands, whichever came first`() {
        var record = madeBuild(1, form: .record, reference: "a", [.miss(2), .hit])
        record.steps[0].vertex = Digest.of("vertex".utf8)
        record.gaps = ["g"]
        var log = madeBuild(2, form: .log, [.miss(2), .hit])
        log.steps[0].duration = 2_040_000_000
        log.steps[0].lines = 3...4
        log.steps[1].outcome = .completed
        log.project = "project"
        log.vertices = 7
        log.gaps = ["g", "h"]
        var expected = record
        expected.project = "project"
        expected.vertices = 7
        expected.steps[0].lines = 3...4
        expected.gaps = ["g", "h"]
        for (first, second) in [(record, log), (log, record)] {
            var merged = first
            merged.merge(second)
            #expect(Set(merged.gaps) == ["g", "h"])
            merged.gaps = expected.gaps
            #expect(merged == expected)
            // Again, it changes nothing.
            let before = merged
            merged.merge(log)
            merged.merge(record)
            #expect(merged == before)
        }
    }
}

/// What becomes of a step that is made up; a miss takes so many seconds.
enum MadeOutcome {
    case hit
    case miss(Double)
    case skipped
}

/// A step that is made up: its text is its number's.
func madeStep(_ number: Int, _ outcome: MadeOutcome) -> BuildStep {
    var step = BuildStep(
        number: number, kind: .instruction, name: "[\(number)/9] RUN step \(number)", stage: "stage-0",
        position: number,
        positions: 9, instruction: "RUN", text: "RUN step \(number)", outcome: .hit)
    switch outcome {
    case .hit: break
    case .skipped: step.outcome = .skipped
    case .miss(let seconds):
        step.outcome = .miss
        step.duration = Int64(seconds * 1_000_000_000)
    }
    return step
}

/// A build that is made up, with content of its own.
func madeBuild(
    _ number: Int, form: BuildForm = .log, reference: String? = nil, project: String? = nil, _ steps: [MadeOutcome]
) -> Build {
    Build(
        reference: reference, contentDigest: Digest.of("build \(number)".utf8), form: form, tool: .buildkit,
        project: project, result: .completed, steps: steps.enumerated().map { madeStep($0 + 1, $1) })
}
