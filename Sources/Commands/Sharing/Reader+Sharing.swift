import Figures

extension Reader {
    /// The items of one side. Throws ``CommandFailure`` when there is no such group, repository or image.
    func items(of side: SharingSide, in picture: GraphPicture, named text: String) async throws -> [LayerGraph.Index] {
        let graph = picture.graph
        let items: [LayerGraph.Index]
        switch side {
        case .source(let name):
            items = picture.held { graph.sourceNames[Int(graph.repositorySources[$0])] == name }
        case .namespace(let name): items = picture.held { picture.labels.repositoryNamespaces[$0] == name }
        case .owner(let name): items = picture.held { picture.labels.repositoryOwners[$0] == name }
        case .label(let key, let value):
            let words = try await itemLabels(of: graph, key: key)
            items = words.indices.filter { words[$0] == value }.map { LayerGraph.Index($0) }
        case .named(let name):
            let names = Set(ImageName.aliases(of: name))
            let repository = picture.held { number in
                names.contains(graph.repositoryNames[number])
                    || graph.sourceNames[Int(graph.repositorySources[number])] + "/" + graph.repositoryNames[number]
                        == name
            }
            items = repository.isEmpty ? try await images(name, graph) : repository
        }
        guard !items.isEmpty else {
            throw CommandFailure(.checkFailed, "nothing is named \(text.debugDescription); see `layerscope images`")
        }
        return items
    }

    private func images(_ name: String, _ graph: LayerGraph) async throws -> [LayerGraph.Index] {
        let numbers = graph.itemNumbers
        return try await items(named: try ImageName(name), source: nil).compactMap { numbers[$0.source, $0.item] }
    }
}

extension GraphPicture {
    /// The items that repositories hold, by the repositories' numbers.
    func held(_ isMeant: (Int) -> Bool) -> [LayerGraph.Index] {
        let meant = graph.repositoryNames.indices.map(isMeant)
        let items = graph.holdingItems.indices.filter { meant[Int(graph.holdingRepositories[$0])] }
            .map { graph.holdingItems[$0] }
        return Set(items).sorted()
    }
}
