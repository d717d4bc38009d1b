import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

private struct ItemKey: Hashable {
    var store: String
    var digest: Digest
}

private struct ObjectKey: Hashable {
    var store: String
    var space: ObjectSpace
    var key: Digest
}

private struct ReferenceKey: Hashable {
    var repository: String
    var store: String
    var kind: ReferenceKind
    var name: String
}

extension CollectorConformance {
    /// Whatever names an item names one that was seen, in the same store.
    func checkCoherence(of seen: RecordingSink) {
        var items: [ItemKey: ItemObservation] = [:]
        for item in seen.items {
            let key = ItemKey(store: item.store, digest: item.digest)
            if let known = items[key] { #expect(known == item, "one item, told in two ways") }
            items[key] = item
        }
        let repositories = Set(seen.repositories.map(\.name))
        for holding in seen.holdings {
            #expect(items[ItemKey(store: holding.store, digest: holding.item)] != nil, "unseen item: \(holding)")
            #expect(repositories.contains(holding.repository), "unseen repository: \(holding)")
            #expect(holding.store.isEmpty || holding.store == holding.repository, "another's store: \(holding)")
            #expect(!holding.repository.isEmpty)
        }
        var names: [ReferenceKey: Digest] = [:]
        let holdings = Set(seen.holdings)
        for reference in seen.references {
            #expect(items[ItemKey(store: reference.store, digest: reference.item)] != nil, "unseen item: \(reference)")
            #expect(!reference.name.isEmpty)
            let held = HoldingObservation(
                repository: reference.repository, store: reference.store, item: reference.item)
            #expect(holdings.contains(held), "what a name points at is held: \(reference)")
            let key = ReferenceKey(
                repository: reference.repository, store: reference.store, kind: reference.kind, name: reference.name)
            if let known = names[key] { #expect(known == reference.item, "one name, two items: \(reference)") }
            names[key] = reference.item
        }
        for item in items.values {
            for child in item.children {
                let isSeen = items[ItemKey(store: item.store, digest: child.digest)] != nil
                #expect(child.isPresent == isSeen, "child \(child.digest) of \(item.digest)")
            }
            #expect(item.kind == .index || item.kind == .cache || item.children.isEmpty)
        }
        for container in seen.containers {
            if let item = container.item { #expect(items.keys.contains { $0.digest == item }) }
        }
        let stores = Set(items.keys.map(\.store.isEmpty))
        #expect(stores.count <= 1, "content is kept once for the source, or for each repository: not both")
    }

    /// One key has one size, one diffID and one size unpacked, wherever it shows up.
    func checkObjects(of seen: RecordingSink) {
        var objects: [ObjectKey: ObjectObservation] = [:]
        for item in seen.items {
            for object in item.objects {
                let key = ObjectKey(store: item.store, space: object.space, key: object.key)
                #expect(object.bytes ?? 0 >= 0 && object.uncompressedBytes ?? 0 >= 0, "negative bytes: \(object)")
                guard let known = objects[key] else {
                    objects[key] = object
                    continue
                }
                #expect(known.bytes == object.bytes, "two sizes of \(object.key)")
                #expect(known.diffID == nil || object.diffID == nil || known.diffID == object.diffID)
                #expect(known.uncompressedBytes == object.uncompressedBytes, "two unpacked sizes of \(object.key)")
                let isForeign = object.kind == .foreignLayer
                #expect((known.kind == .foreignLayer) == isForeign, "\(object.key) is stored and is not")
            }
        }
    }

    /// An item's objects stand in the order of its manifest: document, configuration, layers base first.
    func checkOrder(of seen: RecordingSink, documents: [Digest: StoredDocument]) {
        for item in seen.items {
            let ranks = item.objects.map { object in
                switch object.kind {
                case .manifest, .index: 0
                case .configuration: 1
                case .layer, .foreignLayer, .blob: 2
                }
            }
            #expect(ranks == ranks.sorted(), "objects of \(item.digest) are out of order")
            if let first = item.objects.first, ranks.first == 0 { #expect(first.key == item.digest) }
            guard let document = documents[item.digest],
                let parsed = try? ManifestDocument.parse(
                    document.content, contentType: document.mediaType.map { MediaType($0) }),
                case .manifest(let manifest) = parsed
            else { continue }
            let expected = [item.digest, manifest.config.digest] + manifest.layers.map(\.digest)
            #expect(item.objects.filter { $0.space == .blob }.map(\.key) == expected, "objects of \(item.digest)")
        }
    }

    /// A collection is complete only if it saw everything, and says what happened where it did not.
    func checkStatuses(_ result: CollectionResult, _ seen: RecordingSink) {
        #expect(result.isComplete == isComplete, "\(result.aspects)")
        #expect(Set(result.aspects.map(\.aspect)).count == result.aspects.count, "each aspect has one status")
        #expect(result.aspects.contains { $0.aspect == Aspect.repositories }, "no status for the repositories")
        for aspect in result.aspects {
            switch aspect.outcome {
            case .complete:
                #expect(aspect.detail.isEmpty, "\(aspect)")
                if let expected = aspect.expected { #expect(aspect.seen == expected, "\(aspect)") }
            case .incomplete, .failed:
                #expect(!aspect.detail.isEmpty, "\(aspect.aspect) does not say what happened")
            case .notAvailable:
                break
            }
        }
        guard result.isComplete else { return }
        for repository in seen.repositories {
            #expect(repository.isComplete, "\(repository.name) is incomplete, the collection is not")
        }
        for item in seen.items where !allowsMissingChildren {
            for child in item.children { #expect(child.isPresent, "\(child.digest) is missing") }
        }
    }

    /// No password or token in anything that is kept or shown.
    func checkSecrets(_ result: CollectionResult, _ seen: RecordingSink) {
        let text = String(reflecting: result) + String(reflecting: seen.observations)
        for secret in secrets { #expect(!text.contains(secret), "a secret shows up in what was collected") }
    }
}
