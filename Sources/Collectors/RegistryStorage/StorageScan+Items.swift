import Foundation
import ImageModel
import Observations

extension StorageScan {
    /// Compares what an item lists with what is there. Returns whether every size is as told.
    ///
    /// A blob that was not there when blobs were listed is looked for again, as one that has another size is: it may
    /// have come since. A foreign layer need not be there.
    func examine(_ item: ItemObservation, _ number: Int, _ items: inout StoredItems) -> Bool {
        let folder = items.store.folder(number)
        var isAsTold = true
        for object in item.objects.dropFirst() {
            let isForeign = object.kind == .foreignLayer
            guard let found = items.store.number(object.key, folder: folder), items.table.isThere(found) else {
                if let told = object.bytes, items.absent[object.key] == nil { items.absent[object.key] = told }
                if !isForeign { noteGone(object.key, listedBy: number, &items) }
                continue
            }
            items.table.mark(found, isForeign ? .listed : [.listed, .stored])
            guard let told = object.bytes else { continue }
            if items.table.bytes[found] != told { _ = items.store.lookAgain(found) }
            if items.table.bytes[found] == told {
                items.table.mark(found, .isAsTold)
            } else {
                items.conflicts[found, default: []].insert(told)
                isAsTold = false
            }
        }
        return isAsTold
    }

    private func noteGone(_ digest: Digest, listedBy number: Int, _ items: inout StoredItems) {
        guard knowsAllBlobs else { return }
        let gone = items.table.find(digest) ?? items.table.add(digest, bytes: -1)
        guard items.gone.insert(gone).inserted else { return }
        find(
            .danglingLink, items.store.layout.path(of: digest, folder: items.store.folder(number)), digest,
            "manifest \(items.table.digest(number)) lists it, and it is gone")
    }

    /// Hands an item on, with the size of each blob that holds wherever it is listed.
    func tell(_ item: ItemObservation, _ items: StoredItems) {
        var item = item
        for position in item.objects.indices.dropFirst() {
            guard let told = item.objects[position].bytes else { continue }
            let key = item.objects[position].key
            let size = items.size(of: key, told: told)
            guard size != told else { continue }
            find(
                .wrongSize, items.store.layout.path(of: key, folder: folder(of: key, items)), key,
                "manifest \(item.digest) says \(told) bytes, but it has \(size)")
            item.objects[position].bytes = size
            item.objects[position].isMeasured = true
            if item.objects[position].uncompressedBytes == told { item.objects[position].uncompressedBytes = size }
        }
        tallies.manifests.saw()
        if item.configuration != nil { tallies.configurations.saw() }
        record(.item(item))
    }

    private func folder(of key: Digest, _ items: StoredItems) -> String {
        items.table.find(key).map { items.store.folder($0) } ?? ""
    }

    /// Tells what is known only when every repository was read: what waited, what is damaged, what nothing lists.
    func finish(_ items: inout StoredItems) async throws {
        try await takeChildren(&items)
        try await tellPostponed(items)
        tellDamaged(items)
        try await tellOrphans(items)
        for number in 0..<items.table.count where items.table.marks[number].contains(.stored) {
            storedBytes += max(0, items.table.bytes[number])
        }
    }

    /// Children of indexes that no repository has as a manifest of its own. Their documents and blobs are there.
    private func takeChildren(_ items: inout StoredItems) async throws {
        items.repositories.append("")
        var waiting = (0..<items.table.count).filter { isWanted($0, items) }
        while !waiting.isEmpty {
            let known = items.table.count
            for (number, outcome) in zip(waiting, try await load(waiting, items)) {
                switch outcome {
                case .success(let stored): lookAtChild(stored, number, &items)
                case .failure(let problem):
                    note(problem, at: items.store.path(number), tallies.manifests, listsBlobs: true)
                    items.table.mark(number, [.item, .listed, .stored])
                    tellBare(number, items)
                }
            }
            try await flushBatch()
            waiting = (0..<max(known, items.table.count)).filter { isWanted($0, items) }
        }
    }

    private func isWanted(_ number: Int, _ items: StoredItems) -> Bool {
        items.table.marks[number].isSuperset(of: .wanted) && !items.table.marks[number].contains(.item)
    }

    private func tellPostponed(_ items: StoredItems) async throws {
        let size = 256
        for start in stride(from: 0, to: items.postponed.count, by: size) {
            let part = items.postponed[start..<min(start + size, items.postponed.count)]
            for (entry, outcome) in zip(part, try await load(part.map(\.number), items)) {
                repository = items.repositories[entry.repository]
                switch outcome {
                case .success(var stored):
                    for layer in stored.node.layersWithoutSize {
                        let found = items.table.find(layer)
                        if let found, items.table.isThere(found) { stored.node.sizes[layer] = items.table.bytes[found] }
                    }
                    if let item = item(of: stored.node, isVerified: stored.isVerified, items) { tell(item, items) }
                case .failure(let problem):
                    // It was held when it was read first: something has to be told of it.
                    note(problem, at: items.store.path(entry.number), tallies.manifests, listsBlobs: true)
                    tellBare(entry.number, items)
                }
            }
            try await flushBatch()
        }
        repository = ""
    }

    /// Tells of a manifest what can be told without its content.
    private func tellBare(_ number: Int, _ items: StoredItems) {
        let digest = items.table.digest(number)
        tell(
            ItemObservation(
                store: items.name, kind: .artifact, digest: digest,
                objects: [ObjectObservation(kind: .manifest, key: digest, bytes: items.table.bytes[number])]), items)
    }

    private func tellDamaged(_ items: StoredItems) {
        var damaged: [Int: Int64] = [:]
        for number in items.gone { damaged[number] = max(0, items.store.lookAgain(number)?.bytes ?? 0) }
        for number in items.corrupt { damaged[number] = max(0, items.table.bytes[number]) }
        for (number, sizes) in items.conflicts where !items.table.marks[number].contains(.isAsTold) {
            damaged[number] = items.table.bytes[number]
            find(
                .wrongSize, items.store.path(number), items.table.digest(number),
                "it has \(items.table.bytes[number]) bytes, but must have "
                    + sizes.sorted().map { "\($0)" }.joined(separator: " or "))
        }
        damagedObjects += damaged.count
        for (number, bytes) in damaged.sorted(by: { $0.key < $1.key }) {
            record(
                .damagedObject(
                    DamagedObjectObservation(store: items.name, key: items.table.digest(number), bytes: bytes)))
        }
    }

    private func tellOrphans(_ items: StoredItems) async throws {
        var doubtful: (blobs: Int, bytes: Int64) = (0, 0)
        let table = items.table
        for number in 0..<table.count
        where table.isThere(number) && table.marks[number].isDisjoint(with: [.listed, .mentioned]) {
            guard let status = items.store.lookAgain(number) else {
                find(.moved, items.store.path(number), table.digest(number), "it went after it was listed")
                continue
            }
            if status.isNewer(than: started) || table.marks[number].contains(.young) {
                young = (young.blobs + 1, young.bytes + status.bytes)
            } else if knowsAllLists {
                record(
                    .orphanBlob(
                        OrphanBlobObservation(
                            store: items.name, digest: table.digest(number), bytes: status.bytes,
                            modifiedAt: status.modifiedAt)))
            } else {
                doubtful = (doubtful.blobs + 1, doubtful.bytes + status.bytes)
            }
            try await flushBatch()
        }
        if doubtful.blobs > 0 {
            tallies.blobs.problem(
                items.name.isEmpty ? "orphans" : "orphans of \(items.name)",
                "\(doubtful.blobs) blobs of \(doubtful.bytes) bytes are listed by nothing that could be read, and something could not be read",
                hint: "mend what could not be read, and collect again")
        }
    }
}
