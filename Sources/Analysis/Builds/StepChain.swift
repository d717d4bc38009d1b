import BuildModel

/// One stage of a build, as it is found again in other builds of the same lineage.
struct StageKey: Hashable {
    var tool: BuildTool
    var platform: String?
    var name: String?
    /// Counts the FROMs before the stage's own where a log names no stages.
    var segment: Int
}

/// One step, as it is found again in other builds: the same words, the same stage, the same turn among equal ones.
struct StepIdentity: Hashable {
    var stage: StageKey
    var text: String
    /// From 0: how often the same text came before in the stage.
    var occurrence: Int
}

/// What a step stands on, as numbers that are equal exactly where everything below is equal.
struct StepChain {
    /// Texts, digests or IDs of base images, and what the stages are made of that the step or one before it takes files from.
    var whole: Int
    /// Without those other stages.
    var ownStage: Int
    /// The texts of the stage alone.
    var texts: Int
}

/// Gives equal chains the same number.
struct ChainTable {
    private struct Node: Hashable {
        var previous: Int
        var text: String
        var version: String?
        var links: [Int]
    }

    private var numbers: [Node: Int] = [:]

    mutating func root(_ tool: BuildTool, platform: String?) -> StepChain {
        let number = number(Node(previous: -1, text: "\(tool.rawValue) \(platform ?? "")", version: nil, links: []))
        return StepChain(whole: number, ownStage: number, texts: number)
    }

    mutating func extend(_ chain: StepChain, text: String, version: String?, links: [Int]) -> StepChain {
        StepChain(
            whole: number(Node(previous: chain.whole, text: text, version: version, links: links)),
            ownStage: number(Node(previous: chain.ownStage, text: text, version: version, links: [])),
            texts: number(Node(previous: chain.texts, text: text, version: nil, links: [])))
    }

    private mutating func number(_ node: Node) -> Int {
        if let known = numbers[node] { return known }
        numbers[node] = numbers.count
        return numbers.count - 1
    }
}
