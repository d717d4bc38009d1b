/// What is said about the things of a graph, by their numbers in it: what groupings and checks need.
package struct GraphLabels: Sendable, Equatable {
    /// By repository: all but the last part of its name; `<none>` when it has one part.
    package var repositoryNamespaces: [String]
    /// By repository: who owns it; `<none>` when nobody is known to.
    package var repositoryOwners: [String]
    /// What the sources state of themselves, as of their latest collection.
    package var reported: [ReportedBytes]

    package init(
        repositoryNamespaces: [String] = [], repositoryOwners: [String] = [], reported: [ReportedBytes] = []
    ) {
        self.repositoryNamespaces = repositoryNamespaces
        self.repositoryOwners = repositoryOwners
        self.reported = reported
    }

    /// A grouping that follows from the repository of a holding.
    package enum Aspect: String, Sendable, CaseIterable {
        case source
        case repository
        case namespace
        case owner
    }

    /// The holdings of the graph by source, repository, namespace or owner. Repositories of the same name in several
    /// sources are one group.
    package func grouping(_ graph: LayerGraph, by aspect: Aspect) -> Grouping {
        let names =
            switch aspect {
            case .source: graph.repositorySources.map { graph.sourceNames[Int($0)] }
            case .repository: graph.repositoryNames
            case .namespace: repositoryNamespaces
            case .owner: repositoryOwners
            }
        return Grouping(name: aspect.rawValue, of: graph.holdingRepositories, named: names)
    }
}

extension Grouping {
    /// Groups holdings by the name of something that each of them has: its repository, or its item. Keys are in order.
    ///
    /// - Parameter numbers: by holding, the number of that thing.
    /// - Parameter names: by that number, the name.
    package init(name: String, of numbers: [LayerGraph.Index], named names: [String]) {
        var isUsed = [Bool](repeating: false, count: names.count)
        for number in numbers { isUsed[Int(number)] = true }
        let keys = Set(names.indices.lazy.filter { isUsed[$0] }.map { names[$0] }).sorted()
        let groupOfKey = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, LayerGraph.Index($0)) })
        let groupOfNumber = names.map { groupOfKey[$0] ?? 0 }
        self.init(name: name, keys: keys, groupOfHolding: numbers.map { groupOfNumber[Int($0)] })
    }
}
