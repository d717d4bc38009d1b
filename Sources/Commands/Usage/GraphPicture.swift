import Analysis
import Figures

/// A layer graph with what is said about its things, for questions that no view answers.
struct GraphPicture {
    var graph: LayerGraph
    var labels: GraphLabels
    /// By source of the graph: `unpacked` or `stored`.
    var bytesAre: [String]
    /// By item: its name as a base, or the value of the label that is asked for; nil when there is none.
    var itemWords: [String?] = []

    /// What stands for "no base" and "no such label".
    static let none = "<none>"

    /// Reads the graph of sources, and what a grouping needs besides.
    static func read(_ reader: Reader, _ sources: [Reader.Source], for grouping: UsageGrouping? = nil) async throws
        -> Self
    {
        var picture = try await reader.picture(of: sources)
        switch grouping {
        case .base: picture.itemWords = try await reader.itemNames(of: picture.graph)
        case .label(let key): picture.itemWords = try await reader.itemLabels(of: picture.graph, key: key)
        default: break
        }
        return picture
    }

    /// A repository's key where repositories of several sources are told apart.
    static func repositoryKey(source: String, _ repository: String) -> String { "\(source)\u{0}\(repository)" }

    /// The holdings in the groups of a grouping.
    func usage(by grouping: UsageGrouping) -> UsageTable {
        let divided: Grouping
        switch grouping {
        case .source: divided = labels.grouping(graph, by: .source)
        case .namespace: divided = labels.grouping(graph, by: .namespace)
        case .owner: divided = labels.grouping(graph, by: .owner)
        case .repository:
            let names = graph.repositoryNames.indices.map {
                Self.repositoryKey(
                    source: graph.sourceNames[Int(graph.repositorySources[$0])], graph.repositoryNames[$0])
            }
            divided = Grouping(name: "repository", of: graph.holdingRepositories, named: names)
        case .base: divided = Grouping(name: "base", of: graph.holdingItems, named: baseNames)
        case .label(let key):
            divided = Grouping(
                name: "label:\(key)", of: graph.holdingItems, named: wordsOfRelated.map { $0 ?? Self.none })
        }
        return UsageTable(graph: graph, grouping: divided, bytesAre: bytesAre)
    }

    /// By item: the name of the image that it is built on.
    private var baseNames: [String] {
        baseImages(graph).map { base in
            guard base != LayerGraph.none else { return Self.none }
            return itemWords[Int(base)] ?? Self.none
        }
    }

    /// Indexes take the word of their first child that has one, referrers that of what they are about.
    private var wordsOfRelated: [String?] {
        var words = itemWords
        for item in words.indices where words[item] == nil && graph.itemKinds[item] == .index {
            words[item] = graph.children(of: item).lazy.compactMap { words[Int($0)] }.first
        }
        for item in words.indices where words[item] == nil {
            let subject = graph.itemSubjects[item]
            if subject < graph.itemCount { words[item] = words[Int(subject)] }
        }
        return words
    }
}
