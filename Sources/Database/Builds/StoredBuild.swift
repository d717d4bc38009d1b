import BuildModel
import Foundation
import ImageModel
import Postgres

/// A build with its place in the database.
struct StoredBuild {
    var source: Int32
    var number: Int32
    /// The moment of the collection that told of it first.
    var seenAt: Date
    var known: KnownBuild
}

/// Builds that have the same history: whatever built them.
struct BuildLineage: Hashable, Comparable {
    var project: String
    var target: String
    var dockerfile: String

    init(_ build: Build) {
        project = build.project ?? ""
        target = build.target ?? ""
        dockerfile = build.dockerfile ?? ""
    }

    static func < (left: BuildLineage, right: BuildLineage) -> Bool {
        (left.project, left.target, left.dockerfile) < (right.project, right.target, right.dockerfile)
    }

    var parameters: [PostgresValue] { [.text(project), .text(target), .text(dockerfile)] }
}

extension Build {
    /// The build as the database keeps it: no text that says nothing, no NUL, times in whole microseconds. Steps are
    /// numbered from 1.
    var storable: Build {
        func text(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : StoredText.clean($0) } }
        var build = self
        build.reference = text(reference)
        build.project = text(project)
        build.target = text(target)
        build.dockerfile = text(dockerfile)
        build.branch = text(branch)
        build.commit = text(commit)
        build.builder = text(builder)
        build.error = text(error)
        build.startedAt = startedAt.map { PostgresTimestamp.date(PostgresTimestamp.microseconds($0)) }
        build.duration = duration.map { max(0, $0) }
        build.imageNames = imageNames.map { StoredText.clean($0) }
        build.gaps = gaps.map { StoredText.clean($0) }
        for position in steps.indices {
            let step = steps[position]
            build.steps[position].number = position + 1
            build.steps[position].name = StoredText.clean(step.name)
            build.steps[position].text = StoredText.clean(step.text)
            build.steps[position].platform = text(step.platform)
            build.steps[position].stage = text(step.stage)
            build.steps[position].instruction = text(step.instruction)
            build.steps[position].error = text(step.error)
            build.steps[position].imageID = text(step.imageID)
            build.steps[position].duration = step.duration.map { max(0, $0) }
        }
        return build
    }
}
