package import Figures

/// Puts a layer graph together by hand. Numbers are given in the order in which things are added.
package struct GraphBuilder {
    /// The number of a thing in the graph.
    package typealias Index = LayerGraph.Index

    private var parts = LayerGraph()
    private var own: [[Index]] = []
    private var children: [[Index]] = []

    package init() {}

    /// Adds a source.
    package mutating func source(_ name: String = "source") -> Index {
        parts.sourceKeys.append(Int32(parts.sourceKeys.count + 1))
        parts.sourceNames.append(name)
        return Index(parts.sourceKeys.count - 1)
    }

    /// Adds a repository of a source.
    package mutating func repository(_ name: String, in source: Index = 0) -> Index {
        parts.repositoryKeys.append(Int32(parts.repositoryKeys.count + 1))
        parts.repositoryNames.append(name)
        parts.repositorySources.append(source)
        return Index(parts.repositoryKeys.count - 1)
    }

    /// Adds an object; nil bytes are not known.
    package mutating func object(
        _ bytes: Int64?, _ kind: LayerGraph.ObjectKind = .layer, in source: Index = 0
    ) -> Index {
        parts.objectKeys.append(Int64(parts.objectKeys.count + 1))
        parts.objectKinds.append(kind)
        parts.objectBytes.append(bytes ?? -1)
        parts.objectSources.append(source)
        return Index(parts.objectKeys.count - 1)
    }

    /// Adds an item with its own objects and children.
    package mutating func item(
        _ kind: LayerGraph.ItemKind = .image, _ objects: [Index], children: [Index] = [],
        subject: Index = LayerGraph.none, isIntermediate: Bool = false, in source: Index = 0
    ) -> Index {
        parts.itemKeys.append(Int64(parts.itemKeys.count + 1))
        parts.itemKinds.append(kind)
        parts.itemSources.append(source)
        parts.itemSubjects.append(subject)
        parts.itemIsIntermediate.append(isIntermediate)
        parts.missingChildren.append(0)
        own.append(objects)
        self.children.append(children)
        return Index(parts.itemKeys.count - 1)
    }

    /// Adds a child to an item that is there already, as a cycle needs.
    package mutating func add(child: Index, to item: Index) { children[Int(item)].append(child) }

    /// Sets what an item is about.
    package mutating func set(subject: Index, of item: Index) { parts.itemSubjects[Int(item)] = subject }

    /// Says that a repository has an item.
    package mutating func hold(_ item: Index, in repository: Index, named: Bool = true) {
        parts.holdingRepositories.append(repository)
        parts.holdingItems.append(item)
        parts.holdingIsReferenced.append(named)
    }

    /// The graph as it was put together so far.
    package var graph: LayerGraph {
        var graph = parts
        for item in own.indices {
            graph.ownObjects += own[item]
            graph.ownOffsets.append(Index(graph.ownObjects.count))
            graph.children += children[item]
            graph.childOffsets.append(Index(graph.children.count))
        }
        return graph
    }
}
