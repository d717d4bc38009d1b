import BuildModel
import ImageModel

/// What earlier builds of a lineage left in the caches of their builders, as far as they tell.
struct BuildHistory {
    /// When a step with this chain hit or ran last.
    struct Sighting {
        /// The index of the build.
        var build: Int
        var step: Int
        /// By builder, the last build.
        var builders: [String?: Int] = [:]
        /// Digests of the step's vertices, where they depend on what is told alone.
        var vertices: Set<Digest> = []

        mutating func update(build number: Int, step index: Int, of staged: StagedBuild) {
            (build, step) = (number, index)
            builders[staged.build.builder] = number
            if let vertex = staged.build.steps[index].vertex, staged.standsOnStepsOnly(index) {
                vertices.insert(vertex)
            }
        }
    }

    /// By the whole chain.
    private(set) var sightings: [Int: Sighting] = [:]
    /// By the chain of the own stage, and by its texts: the last build and step.
    private(set) var ownStage: [Int: (build: Int, step: Int)] = [:]
    private(set) var texts: [Int: (build: Int, step: Int)] = [:]
    /// The last build in which something of the stage hit or ran.
    private(set) var stages: [StageKey: Int] = [:]
    /// By stage and name of the base image: digests, and the last build with each.
    private(set) var bases: [StageKey: [String: [String: Int]]] = [:]
    private(set) var builds: [StagedBuild] = []

    mutating func append(_ staged: StagedBuild) {
        let number = builds.count
        builds.append(staged)
        guard staged.build.usesCache else { return }
        for (index, step) in staged.build.steps.enumerated() {
            guard step.isCountable, let chain = staged.chain[index], let key = staged.stage[index] else { continue }
            sightings[chain.whole, default: Sighting(build: number, step: index)]
                .update(build: number, step: index, of: staged)
            ownStage[chain.ownStage] = (number, index)
            texts[chain.texts] = (number, index)
            guard stages.updateValue(number, forKey: key) != number else { continue }
            if let from = staged.base(of: key) {
                let base = BaseName(from: staged.build.steps[from].text)
                if let digest = base.digest { bases[key, default: [:]][base.name, default: [:]][digest] = number }
            }
        }
    }

    /// Whether the step's chain had not changed since the build before: the last one with a cache that came to its end,
    /// or a failed one that came as far.
    func isUnchanged(_ chain: StepChain) -> Bool {
        guard let seen = sightings[chain.whole] else { return false }
        return builds[(seen.build + 1)...].allSatisfy {
            !$0.build.usesCache || [.failed, .canceled].contains($0.build.result)
        }
    }
}
