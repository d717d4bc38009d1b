extension LayerGraph {
    /// Whether the arrays fit together: as many entries as there are things, no number out of range,
    /// and nothing that belongs to two sources.
    ///
    /// Every figure needs this; a graph read from the database has it.
    package var isWellFormed: Bool {
        let sources = Index(truncatingIfNeeded: sourceKeys.count)
        let repositories = Index(truncatingIfNeeded: repositoryKeys.count)
        let items = Index(truncatingIfNeeded: itemCount)
        let objects = Index(truncatingIfNeeded: objectCount)
        guard itemCount < 1 << 31, objectCount < 1 << 31, holdingCount < 1 << 31,
            sourceNames.count == sourceKeys.count,
            repositoryNames.count == repositoryKeys.count, repositorySources.count == repositoryKeys.count,
            objectKinds.count == objectCount, objectBytes.count == objectCount, objectSources.count == objectCount,
            itemKinds.count == itemCount, itemSources.count == itemCount, itemSubjects.count == itemCount,
            missingChildren.count == itemCount, itemIsIntermediate.isEmpty || itemIsIntermediate.count == itemCount,
            holdingRepositories.count == holdingCount, holdingIsReferenced.count == holdingCount
        else { return false }
        return repositorySources.allBelow(sources) && objectSources.allBelow(sources) && itemSources.allBelow(sources)
            && itemSubjects.allBelow(items, or: LayerGraph.missing)
            && ownOffsets.areOffsets(rows: itemCount, entries: ownObjects.count) && ownObjects.allBelow(objects)
            && childOffsets.areOffsets(rows: itemCount, entries: children.count) && children.allBelow(items)
            && holdingRepositories.allBelow(repositories) && holdingItems.allBelow(items)
            && (sources < 2 || sharesNothingBetweenSources)
    }

    /// Whether whatever belongs together is of one source.
    private var sharesNothingBetweenSources: Bool {
        for item in 0..<itemCount {
            let source = itemSources[item]
            let subject = itemSubjects[item]
            guard objects(of: item).allSatisfy({ objectSources[Int($0)] == source }),
                children(of: item).allSatisfy({ itemSources[Int($0)] == source }),
                subject >= LayerGraph.missing || itemSources[Int(subject)] == source
            else { return false }
        }
        return (0..<holdingCount).allSatisfy {
            repositorySources[Int(holdingRepositories[$0])] == itemSources[Int(holdingItems[$0])]
        }
    }
}

extension [LayerGraph.Index] {
    fileprivate func allBelow(_ limit: LayerGraph.Index) -> Bool {
        withUnsafeBufferPointer { numbers in
            var largest: LayerGraph.Index = 0
            for number in numbers { largest = Swift.max(largest, number) }
            return numbers.isEmpty || largest < limit
        }
    }

    fileprivate func allBelow(_ limit: LayerGraph.Index, or marks: LayerGraph.Index) -> Bool {
        allSatisfy { $0 < limit || $0 >= marks }
    }

    fileprivate func areOffsets(rows: Int, entries: Int) -> Bool {
        guard count == rows + 1, self[0] == 0, self[rows] == entries else { return false }
        return withUnsafeBufferPointer { offsets in
            for row in 0..<rows where offsets[row] > offsets[row + 1] { return false }
            return true
        }
    }
}
