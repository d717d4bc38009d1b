package import BuildModel
import Foundation
package import ImageModel

/// What is known of a build besides its progress.
package struct SolveEnding: Sendable, Equatable {
    /// Nanoseconds since 1970.
    package var started: Int64?
    package var completed: Int64?
    package var result: BuildResult
    package var error: String?

    package init(started: Int64? = nil, completed: Int64? = nil, result: BuildResult, error: String? = nil) {
        self.started = started
        self.completed = completed
        self.result = result
        self.error = error
    }
}

extension SolveHistory {
    /// Characters of an error that are kept.
    private static let errorLength = 500

    /// The builds that the vertices are of: one, or one for each target of a client that built several. A vertex that
    /// several targets stand on belongs to each of them.
    ///
    /// - Parameters:
    ///   - content: sha256 of what the history was read from. Where there are several builds, each gets its own.
    ///   - ending: how the build ended, where something else than the progress tells.
    ///   - isOneBuild: whether it is one build, whatever the names look like: a record is.
    package func builds(
        form: BuildForm, content: Digest, ending: SolveEnding? = nil, isOneBuild: Bool = false
    ) -> [Build] {
        let targets = isOneBuild ? [] : targets
        let standing = standing()
        guard targets.count > 1 else {
            let all = Array(vertices.indices)
            let build = build(
                of: all, target: targets.first, targets: targets, form: form, content: content, ending: ending, standing
            )
            return [build]
        }
        let members = members(of: targets)
        // In the order in which the targets were first told of.
        let ordered = members.sorted { ($0.value.first ?? 0, $0.key) < ($1.value.first ?? 0, $1.key) }
        return ordered.map { target, places in
            let ofTarget = Digest.of("\(content) \(target)".utf8)
            // The client's last word is on all of them: what it says of one is told by that one's progress.
            return build(
                of: places.sorted(), target: target, targets: targets, form: form, content: ofTarget, ending: nil,
                standing)
        }
    }

    /// The targets that the client put before the names; none when it put none before the builder's own steps, which
    /// every target has.
    private var targets: Set<String> {
        let names = vertices.flatMap(\.names)
        let marks = names.filter { [.internal, .context, .auth].contains(StepName.parse($0).kind) }
        return StepName.targets(in: marks).isEmpty ? [] : StepName.targets(in: names)
    }

    /// The vertices of each target: those that bear its name, all that they stand on, and those that bear no target's
    /// (the client's own).
    private func members(of targets: Set<String>) -> [String: [Int]] {
        var seeds: [String: Set<Int>] = [:]
        var common: Set<Int> = []
        for (place, vertex) in vertices.enumerated() {
            let owners = Set(vertex.names.compactMap { StepName.parse($0, targets: targets).target })
            for owner in owners { seeds[owner, default: []].insert(place) }
            if owners.isEmpty { common.insert(place) }
        }
        return seeds.mapValues { seeds in
            var found = seeds
            var waiting = Array(seeds)
            while let next = waiting.popLast() {
                for input in vertices[next].inputs {
                    if let place = place(of: input), found.insert(place).inserted { waiting.append(place) }
                }
            }
            // By the first that is the target's own.
            return found.sorted() + common.subtracting(found)
        }
    }

    private func build(
        of places: [Int], target: String?, targets: Set<String>, form: BuildForm, content: Digest,
        ending: SolveEnding?, _ standing: Standing
    ) -> Build {
        let names = places.map { name(of: $0, target: target, targets: targets) }
        let (told, error) = result(of: places, kinds: names.map(\.parsed.kind), standing)
        let result = ending?.result ?? told
        let starts = places.compactMap { vertices[$0].firstStart }
        let started = ending?.started ?? starts.min()
        let isOpen = places.contains { vertices[$0].openSince != nil }
        let completed = ending?.completed ?? (isOpen ? nil : places.compactMap { vertices[$0].lastEnd }.max())
        var build = Build(
            contentDigest: content, form: form, tool: .buildkit, target: target, result: result,
            vertices: places.count, cachedVertices: places.count { vertices[$0].isMarkedCached })
        build.error = (ending?.error ?? error).map { String($0.prefix(Self.errorLength)) }
        build.startedAt = SolveTime(nanoseconds: started).date
        if let started, let completed, completed >= started { build.duration = completed - started }
        build.steps = steps(of: places, names: names, result: result, started: started, standing)
        let made = places.compactMap { products[vertices[$0].digest] }
        build.imageDigest = made.compactMap(\.digest).first
        for name in made.flatMap(\.names) where !build.imageNames.contains(name) { build.imageNames.append(name) }
        let definition = "load build definition from "
        build.dockerfile = names.first { $0.parsed.text.hasPrefix(definition) }
            .map { String($0.parsed.text.dropFirst(definition.count)) }
        return build
    }

    /// The name of a vertex as the target's own build calls it.
    private func name(of place: Int, target: String?, targets: Set<String>) -> VertexName {
        let vertex = vertices[place]
        let names = vertex.names.reversed().lazy.map { VertexName(name: $0, parsed: .parse($0, targets: targets)) }
        return names.first { $0.parsed.target == target }
            ?? VertexName(name: vertex.name, parsed: .parse(vertex.name, targets: targets))
    }
}

/// A vertex's name, as it is and taken apart.
struct VertexName: Sendable {
    var name: String
    var parsed: StepName
}

extension SolvedVertex {
    var firstStart: Int64? {
        [spans.lazy.map(\.lowerBound).min(), openSince].compactMap(\.self).min()
    }

    var lastEnd: Int64? { spans.lazy.map(\.upperBound).max() }
}
