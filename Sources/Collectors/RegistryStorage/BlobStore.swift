import ImageModel
import Observations

/// The blobs of one store, and where each lies.
final class BlobStore {
    let root: StorageFolder
    let layout: BlobLayout
    let table = BlobTable()
    /// The folder of the repository in which each blob was seen first; empty for a storage that keeps blobs in one
    /// place.
    private var homes: [Int32] = []
    private var folders: [String] = []
    private var numbers: [String: Int32] = [:]

    init(root: StorageFolder, layout: BlobLayout) {
        self.root = root
        self.layout = layout
    }

    /// Writes down a blob that was seen. `folder` is the repository's, where that matters.
    @discardableResult
    func add(_ digest: Digest, bytes: Int64, folder: String) -> Int {
        let number = table.add(digest, bytes: bytes)
        guard layout == .layouts else { return number }
        while homes.count <= number { homes.append(-1) }
        if homes[number] < 0 {
            if numbers[folder] == nil {
                numbers[folder] = Int32(folders.count)
                folders.append(folder)
            }
            homes[number] = numbers[folder] ?? 0
        }
        return number
    }

    /// The number of a blob that is there, or was. One that was not seen is looked for: it may have come since.
    func number(_ digest: Digest, folder: String) -> Int? {
        let known = table.find(digest)
        if let known, table.isThere(known) { return known }
        guard let status = root.status(layout.path(of: digest, folder: folder)), status.kind == .file else {
            return known
        }
        return add(digest, bytes: status.bytes, folder: folder)
    }

    /// The folder that a blob's path starts at.
    func folder(_ number: Int) -> String {
        guard homes.indices.contains(number), homes[number] >= 0 else { return "" }
        return folders[Int(homes[number])]
    }

    func path(_ number: Int) -> String { layout.path(of: table.digest(number), folder: folder(number)) }

    /// Looks at a blob again: how many bytes there are now.
    func lookAgain(_ number: Int) -> StorageFolder.Status? {
        guard let status = root.status(path(number)), status.kind == .file else { return nil }
        table.setBytes(number, status.bytes)
        return status
    }
}

/// The items of one store, while they are put together. Items themselves are handed on at once; only numbers stay.
struct StoredItems {
    let store: BlobStore
    /// The store's name: empty for the whole source.
    let name: String
    /// Items that wait for the end, and the repositories in which they were met: it is not yet known what all indexes
    /// say of them, or which manifest is right about the size of a blob.
    var postponed: [(number: Int, repository: Int)] = []
    var repositories: [String] = []
    /// Sizes that manifests tell of blobs that have another one.
    var conflicts: [Int: Set<Int64>] = [:]
    /// Sizes that manifests tell of blobs that are not there: the first of each.
    var absent: [Digest: Int64] = [:]
    /// Blobs that are gone, though items list them, and blobs that have other content than their digest says.
    var gone: Set<Int> = []
    var corrupt: Set<Int> = []

    var table: BlobTable { store.table }

    /// The size that a blob has wherever it is listed.
    func size(of key: Digest, told: Int64) -> Int64 {
        if let first = absent[key] { return first }
        guard let number = table.find(key), let sizes = conflicts[number] else { return told }
        // One that is told alike by all and is not what is there is damaged; else those that differ tell wrong.
        if !table.marks[number].contains(.isAsTold), sizes.count == 1, let only = sizes.first { return only }
        return table.bytes[number]
    }
}
