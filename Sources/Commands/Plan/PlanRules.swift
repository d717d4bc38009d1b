import ArgumentParser
import Figures
import Foundation
import Reporting

/// The rules of a plan as options, in the words of the tools that people know.
struct PlanRules: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only repositories that fit the pattern (*, ?). Repeatable.", valueName: "pattern"))
    var repository: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only repositories of this owner. Repeatable.", valueName: "name"))
    var owner: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Tags that may go: a regular expression that a whole tag must match.", valueName: "regex"))
    var tag: String?

    @Option(name: .long, help: ArgumentHelp("Tags that must stay, likewise.", valueName: "regex"))
    var excludeTag: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep the youngest so many tags of each repository, or of each value of the groups in --tag.",
            valueName: "count"))
    var keepLast: Int?

    @Option(
        name: .long, help: ArgumentHelp("Only what was pushed (or created) longer ago: 12h, 30d, 8w.", valueName: "age")
    )
    var olderThan: Age?

    @Option(
        name: .long,
        help: ArgumentHelp("Only what was not pulled for so long, where pulls are recorded.", valueName: "age"))
    var notPulledFor: Age?

    @Flag(name: .long, help: "Registry manifests that no tag reaches.")
    var untagged = false

    @Flag(name: .long, help: "Engine images without a name.")
    var dangling = false

    @Flag(name: .long, help: "Untagged manifests that a tag once pointed to.")
    var superseded = false

    @Flag(name: .long, help: "Signatures and other referrers whose subject is gone.")
    var orphans = false

    @Flag(name: .long, help: "Indexes with a missing entry, images with a missing layer.")
    var broken = false

    @Option(
        name: .long,
        help: ArgumentHelp("File of digests, image IDs and names that must stay, one a line.", valueName: "file"),
        completion: .file())
    var pinned: String?

    func validate() throws {
        if let keepLast, keepLast < 0 { throw ValidationError("--keep-last must not be negative") }
        for (name, text) in [("--tag", tag), ("--exclude-tag", excludeTag)] {
            guard let text, (try? Regex(text)) == nil else { continue }
            throw ValidationError("\(name): \(text.debugDescription) is no regular expression")
        }
    }

    /// The rule that the options make; nil when they select nothing. Throws `ValidationError` when they narrow what
    /// nothing selects.
    func rule() throws -> CleanupRule? {
        var rule = CleanupRule(name: "")
        rule.repositories = repository
        rule.owners = owner
        rule.tag = tag
        rule.excludedTag = excludeTag
        rule.keepLast = keepLast
        rule.olderThan = olderThan?.seconds
        rule.notPulledFor = notPulledFor?.seconds
        for (flag, kind) in [
            (untagged, CleanupRule.Kind.untagged), (dangling, .dangling), (superseded, .superseded),
            (orphans, .orphans), (broken, .broken),
        ] where flag { rule.kinds.insert(kind) }
        guard rule.selectsAnything else {
            guard repository.isEmpty, owner.isEmpty, excludeTag == nil else {
                throw ValidationError(
                    "say what may go there: --tag, --keep-last, --older-than, --not-pulled-for, --untagged, "
                        + "--dangling, --superseded, --orphans or --broken; every tag is --tag '.*'")
            }
            return nil
        }
        rule.name = rule.words
        return rule
    }
}

/// An age as an option: `12h`, `30d`, `8w`.
struct Age: ExpressibleByArgument {
    let seconds: TimeInterval

    init?(argument: String) {
        guard let seconds = FilterValue.age(argument) else { return nil }
        self.seconds = seconds
    }
}

/// A number of bytes as an option: `100GB`, `20GiB`.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int64

    init?(argument: String) {
        guard let bytes = FilterValue.bytes(argument), bytes >= 0 else { return nil }
        self.bytes = bytes
    }
}

extension GarbageCollector: ExpressibleByArgument {}
extension CleanupScript.Tool: ExpressibleByArgument {}
