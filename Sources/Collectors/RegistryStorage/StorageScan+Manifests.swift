import Foundation
import ImageModel
import Observations

extension StorageScan {
    /// How many manifests are read at once, before what they say is put down.
    private static let chunk = 128

    /// What reading a manifest brought.
    typealias Load = Result<StoredNode, StorageProblem>

    /// Reads manifests side by side.
    func load(_ numbers: [Int], _ items: StoredItems) async throws -> [Load] {
        let documents = StorageDocuments(root: items.store.root.descriptor, layout: items.store.layout)
        let wanted = numbers.map { (items.table.candidate($0), items.store.folder($0)) }
        return try await concurrently(wanted, width: ProcessInfo.processInfo.activeProcessorCount) {
            candidate, folder -> Load in
            do throws(StorageProblem) {
                return .success(try documents.load(candidate, folder: folder))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Takes the manifests that a repository has, and says that it holds them. Returns the numbers of those that it
    /// does hold.
    ///
    /// - Parameter followsChildren: whether the repository has what its indexes list without saying so itself.
    func hold(
        _ listed: [Int], _ items: inout StoredItems, followsChildren: Bool
    ) async throws -> Set<Int> {
        items.repositories.append(repository)
        let revisions = Set(listed)
        var held: Set<Int> = []
        var met = revisions
        var waiting = listed
        while !waiting.isEmpty {
            let part = Array(waiting.prefix(Self.chunk))
            waiting.removeFirst(part.count)
            // What was told already is read again only for where it leads.
            let needed = part.filter {
                !items.table.marks[$0].contains(.item) || items.table.marks[$0].contains(.index)
            }
            var loads = Dictionary(uniqueKeysWithValues: zip(needed, try await load(needed, items)))
            for number in part {
                if let outcome = loads.removeValue(forKey: number) {
                    guard case .success(let stored) = outcome else {
                        if case .failure(let problem) = outcome {
                            note(problem, at: items.store.path(number), tallies.manifests, listsBlobs: true)
                            // A revision leads to it: it is no orphan, whatever it is.
                            items.table.mark(number, .mentioned)
                        }
                        continue
                    }
                    guard knowsAllBlobs || hasAllChildren(stored.node, number, items) else {
                        noteDoubt(items.store.path(number))
                        continue
                    }
                    let children = look(at: stored, number, &items) { revisions.contains($0) || followsChildren }
                    if followsChildren {
                        for child in children where met.insert(child).inserted { waiting.append(child) }
                    }
                }
                held.insert(number)
                record(
                    .holding(
                        HoldingObservation(
                            repository: repository, store: items.name, item: items.table.digest(number))))
            }
            try await flushBatch()
        }
        return held
    }

    /// Whether every entry of an index is there. Where blobs could not be listed, one that is not may be there all the
    /// same, and the index is not told: "missing" would be a guess.
    private func hasAllChildren(_ node: ManifestNode, _ number: Int, _ items: StoredItems) -> Bool {
        node.children.allSatisfy { child in
            items.store.number(child.digest, folder: items.store.folder(number)).map(items.table.isThere) == true
        }
    }

    /// What a manifest's place leads to may lie among the blobs that could not be listed.
    func noteDoubt(_ path: String) {
        tallies.manifests.problem(
            path, "leads to what may be among the blobs that could not be listed", hint: "see the blobs")
        isRepositoryComplete = false
        noteUnknownList()
    }

    /// Puts down what a manifest says that no repository has, but an index.
    func lookAtChild(_ stored: StoredNode, _ number: Int, _ items: inout StoredItems) {
        _ = look(at: stored, number, &items) { _ in true }
    }

    /// Puts down what a manifest says. Returns the numbers of its children that are there.
    private func look(
        at stored: StoredNode, _ number: Int, _ items: inout StoredItems, isHere: (Int) -> Bool
    ) -> [Int] {
        let isFirst = !items.table.marks[number].contains(.item)
        if isFirst {
            items.table.mark(number, [.item, .listed, .stored])
            noteProblems(of: stored, number, &items)
        }
        var children: [Int] = []
        if case .parsed(.index(let index)) = stored.node.content, !index.isBuildKitCache {
            items.table.mark(number, .index)
            for (entry, child) in zip(index.manifests, stored.node.children) {
                guard let found = look(at: entry, child, of: number, isFirst: isFirst, items, isHere: isHere) else {
                    continue
                }
                children.append(found)
            }
        }
        guard isFirst else { return children }
        var node = stored.node
        for layer in node.layersWithoutSize {
            let found = items.store.number(layer, folder: items.store.folder(number))
            if let found, items.table.isThere(found) { node.sizes[layer] = items.table.bytes[found] }
        }
        guard let item = item(of: node, isVerified: stored.isVerified, items) else { return children }
        let isAsTold = examine(item, number, &items)
        if isAsTold && !Self.needsIndexes(node, item) {
            tell(item, items)
        } else {
            items.postponed.append((number, items.repositories.count - 1))
        }
        return children
    }

    /// An entry of an index. Nil when it is not there.
    private func look(
        at entry: Descriptor, _ child: Candidate, of index: Int, isFirst: Bool, _ items: StoredItems,
        isHere: (Int) -> Bool
    ) -> Int? {
        let table = items.table
        let number = items.store.number(child.digest, folder: items.store.folder(index))
        guard let number, table.isThere(number) else {
            find(
                .missingChild, items.store.path(index), child.digest,
                "the index lists it, and it is nowhere in the storage")
            return nil
        }
        table.mark(number, [.wanted, .listed, .stored])
        if !isHere(number) {
            find(
                .missingChild, items.store.path(index), child.digest,
                "the index lists it, and its repository has no such manifest, though the storage has the document")
        }
        guard isFirst else { return number }
        let attests = child.attests.map { table.find($0) ?? table.add($0, bytes: -1) }
        table.tell(number, platform: child.platform, attests: attests)
        if table.bytes[number] != entry.size {
            find(
                .wrongSize, items.store.path(number), child.digest,
                "index \(table.digest(index)) says \(entry.size) bytes, \(table.bytes[number]) are there")
        }
        return number
    }

    /// Whether what indexes say of an item may change it: only then is it worth to wait for all of them.
    private static func needsIndexes(_ node: ManifestNode, _ item: ItemObservation) -> Bool {
        guard case .parsed = node.content else { return false }
        switch item.kind {
        case .attestation, .artifact: return true
        case .image: return node.parsedConfiguration == nil || item.objects.count <= 2
        case .index, .cache: return false
        }
    }

    /// The item of a manifest. Its children are there when their documents are.
    func item(of node: ManifestNode, isVerified: Bool, _ items: StoredItems) -> ItemObservation? {
        var item = node.item(store: items.name) { digest in
            items.table.find(digest).map { items.table.isThere($0) } == true ? .present : .missing
        }
        // How many bytes it has when it is whole is not known.
        if !isVerified, item?.objects.isEmpty == false { item?.objects[0].bytes = nil }
        return item
    }

    private func noteProblems(of stored: StoredNode, _ number: Int, _ items: inout StoredItems) {
        let digest = items.table.digest(number)
        let place = repository.isEmpty ? "\(digest)" : "\(repository)@\(digest)"
        if let problem = stored.problem {
            find(.invalidManifest, items.store.path(number), digest, problem)
            tallies.manifests.problem(place, problem, hint: "look at who pushed it, then push it again or delete it")
            if !stored.isListKnown { knowsAllLists = false }
            for mention in stored.mentions {
                if let known = items.table.find(mention) { items.table.mark(known, .mentioned) }
            }
        } else {
            items.table.setBytes(number, Int64(stored.node.byteCount))
        }
        if !stored.isVerified { items.corrupt.insert(number) }
        guard let descriptor = stored.node.wantedConfiguration else { return }
        let found = items.store.number(descriptor.digest, folder: items.store.folder(number))
        let hint = "push the image again, or delete it"
        switch stored.configurationProblem {
        case nil:
            guard let content = stored.node.configuration?.content, let found else { return }
            items.table.setBytes(found, Int64(content.count))
            if Int64(content.count) != descriptor.size {
                find(
                    .wrongSize, items.store.path(found), descriptor.digest,
                    "manifest \(digest) says \(descriptor.size) bytes, \(content.count) are there")
            }
        case .gone: tallies.configurations.problem(place, "its configuration \(descriptor.digest) is gone", hint: hint)
        case .unreadable(let problem):
            tallies.configurations.problem(
                place, "its configuration \(descriptor.digest) \(problem.text)", hint: problem.hint)
        case .corrupt:
            let text = "its configuration \(descriptor.digest) has other content than its digest says"
            tallies.configurations.problem(place, text, hint: hint)
            find(.invalidManifest, items.store.path(number), digest, text)
            if let found { items.corrupt.insert(found) }
        case .invalid(let error):
            tallies.configurations.problem(place, "\(error)", hint: "look at what built the image")
        }
    }
}
