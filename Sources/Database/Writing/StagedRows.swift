import Foundation
import ImageModel
import Observations

/// Rows on their way into the temporary tables of a collection, and the numbers that tie them together.
struct StagedRows {
    struct Object {
        var number: Int32
        var store: String
        var object: ObjectObservation
    }

    struct Item {
        var number: Int32
        var item: ItemObservation
        var fingerprint: Int64
    }

    struct ItemObject {
        var item: Int32
        /// Layers from 1 on, everything else negative.
        var position: Int32
        var object: Int32
        var instruction: String?
    }

    struct Child {
        var item: Int32
        var position: Int32
        var child: ChildObservation
    }

    /// What was staged of an object, so that the next item that has it need not stage it again.
    struct KnownObject {
        var number: Int32
        var bytes: Int64?
        var isMeasured: Bool
        var hasDiffID: Bool
        var hasUncompressedBytes: Bool
        var hasMediaType: Bool
        /// A hash of the instruction; nil for none.
        var instruction: Int?

        /// Whether the observation says nothing that was not staged. Another size is staged, too: whether it may be is
        /// known only when all damage is.
        func covers(_ object: ObjectObservation) -> Bool {
            (object.bytes == nil || bytes == object.bytes) && (!object.isMeasured || isMeasured)
                && (object.diffID == nil || hasDiffID)
                && (object.uncompressedBytes == nil || hasUncompressedBytes)
                && (object.mediaType == nil || hasMediaType) && (object.instruction == nil || instruction != nil)
        }
    }

    var repositories: [(number: Int32, name: String, isComplete: Bool?)] = []
    var objects: [Object] = []
    var items: [Item] = []
    var itemObjects: [ItemObject] = []
    var children: [Child] = []
    var holdings: [(repository: Int32, store: String, item: Digest)] = []
    var references: [(number: Int32, repository: Int32, reference: ReferenceObservation)] = []
    var containers: [(number: Int32, container: ContainerObservation)] = []
    var cacheRecords: [(number: Int32, record: CacheRecordObservation)] = []
    var reported: [(number: Int32, figure: ReportedFigure)] = []
    var storage = StagedStorage()
    var builds: [StoredBuild] = []

    /// Numbers items, references, containers and the like in the order they came.
    private var lastNumber: Int32 = 0
    private var lastObject: Int32 = 0
    private var lastRepository: Int32 = 0
    private var lastBuild: Int32 = 0
    private var stores: [String: Int32] = ["": 0]
    private var knownRepositories = RecentEntries<String, Int32>(capacity: 200_000)
    private var knownObjects = RecentEntries<CompactKey, KnownObject>(capacity: 400_000)
    private var knownItems = RecentEntries<CompactKey, Int64>(capacity: 400_000)

    /// Forgets the rows, which are in the tables now, but not what they were.
    mutating func removeRows() {
        repositories.removeAll(keepingCapacity: true)
        objects.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        itemObjects.removeAll(keepingCapacity: true)
        children.removeAll(keepingCapacity: true)
        holdings.removeAll(keepingCapacity: true)
        references.removeAll(keepingCapacity: true)
        containers.removeAll(keepingCapacity: true)
        cacheRecords.removeAll(keepingCapacity: true)
        reported.removeAll(keepingCapacity: true)
        storage.removeAll()
        builds.removeAll(keepingCapacity: true)
    }

    /// Whether the item was recorded lately in just this form. From now on it was.
    mutating func isRepeated(_ item: ItemObservation, _ fingerprint: Int64) -> Bool {
        guard let key = CompactKey(item.digest, store: storeNumber(item.store)) else { return false }
        if knownItems[key] == fingerprint { return true }
        knownItems[key] = fingerprint
        return false
    }

    mutating func add(_ item: ItemObservation, _ fingerprint: Int64) {
        let number = nextNumber()
        items.append(Item(number: number, item: item, fingerprint: fingerprint))
        var layer: Int32 = 0
        var other = -Int32(item.objects.count { !$0.isLayer })
        for object in item.objects {
            let staged = self.number(object, item.store)
            let position: Int32
            if object.isLayer {
                layer += 1
                position = layer
            } else {
                position = other
                other += 1
            }
            itemObjects.append(
                ItemObject(item: number, position: position, object: staged.number, instruction: staged.instruction))
        }
        for (place, child) in item.children.enumerated() {
            children.append(Child(item: number, position: Int32(place + 1), child: child))
        }
    }

    /// The number of an object; the instruction only where the staged object has another one.
    private mutating func number(
        _ object: ObjectObservation, _ store: String
    ) -> (number: Int32, instruction: String?) {
        var object = object
        if let bytes = object.bytes, bytes < 0 { object.bytes = nil }
        object.isMeasured = object.isMeasured && object.bytes != nil
        if let bytes = object.uncompressedBytes, bytes < 0 { object.uncompressedBytes = nil }
        let key = CompactKey(object.key, store: storeNumber(store), space: object.space == .blob ? 1 : 2)
        let known = key.flatMap { knownObjects[$0] }
        let instruction = object.instruction?.hashValue
        if let known, known.covers(object) {
            return (known.number, instruction == known.instruction ? nil : object.instruction)
        }
        lastObject += 1
        objects.append(Object(number: lastObject, store: store, object: object))
        if let key {
            knownObjects[key] = KnownObject(
                number: lastObject,
                bytes: known?.isMeasured == true && !object.isMeasured ? known?.bytes : object.bytes ?? known?.bytes,
                isMeasured: object.isMeasured || known?.isMeasured == true,
                hasDiffID: object.diffID != nil || known?.hasDiffID == true,
                hasUncompressedBytes: object.uncompressedBytes != nil || known?.hasUncompressedBytes == true,
                hasMediaType: object.mediaType != nil || known?.hasMediaType == true, instruction: instruction)
        }
        return (lastObject, nil)
    }

    mutating func nextNumber() -> Int32 {
        lastNumber += 1
        return lastNumber
    }

    /// Numbers builds by themselves, without gaps.
    mutating func nextBuild() -> Int32 {
        lastBuild += 1
        return lastBuild
    }

    /// The number of a repository, which is mentioned when it is new.
    mutating func repositoryNumber(_ name: String) -> Int32 {
        if let number = knownRepositories[name] { return number }
        lastRepository += 1
        knownRepositories[name] = lastRepository
        repositories.append((lastRepository, name, nil))
        return lastRepository
    }

    private mutating func storeNumber(_ store: String) -> Int32 {
        if let number = stores[store] { return number }
        let number = Int32(stores.count)
        stores[store] = number
        return number
    }
}

extension ObjectObservation {
    var isLayer: Bool { kind == .layer || kind == .foreignLayer }
}
