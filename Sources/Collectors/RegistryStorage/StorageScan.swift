import CoreFoundation
import Foundation
import Glibc
import ImageModel
import Observations

/// One reading of a storage, from its first folder to its last figure.
actor StorageScan {
    /// The most folders within each other above a repository. A repository's name has 255 characters at most.
    static let depthLimit = 64
    /// How many observations go to the sink at once.
    private static let batch = 1000

    nonisolated private let executor = DiskExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let place: StorageRoot
    let context: CollectionContext
    let tallies = StorageTallies()
    private let onListed: (@Sendable (String) -> Void)?
    /// When the scan began. Kernels stamp files up to a tick (some milliseconds) early, never late: what was written
    /// before is never taken for newer.
    let started: timespec
    private var pending: [Observation] = []

    /// The repository that is being read, and whether all of it was seen so far.
    var repository = ""
    var isRepositoryComplete = true
    /// Whether all its revisions could be read: else nobody knows which tags lead nowhere.
    var knowsAllRevisions = true
    /// Whether what is wrong was told before.
    var isSilent = false
    /// Whether everything that may list a blob was read: else nobody knows what is an orphan.
    var knowsAllLists = true
    /// Whether all folders of blobs could be listed: else nobody knows what is gone.
    var knowsAllBlobs = true
    /// Bytes on disk of what items list, over all stores, and how many objects are not whole.
    var storedBytes: Int64 = 0
    var damagedObjects = 0
    /// Blobs and bytes that nothing lists and that were written since the scan began.
    var young: (blobs: Int, bytes: Int64) = (0, 0)

    init(_ place: StorageRoot, context: CollectionContext, onListed: (@Sendable (String) -> Void)?) {
        self.place = place
        self.context = context
        self.onListed = onListed
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        started = now
    }

    func run() async throws {
        let root: StorageFolder
        do {
            root = try StorageFolder(path: place.path)
        } catch {
            throw RegistryStorageError(.unreadable, "\(place.path) \(error.text); \(error.hint)")
        }
        switch place.layout {
        case .distribution: try await readDistribution(root)
        case .layouts: try await readLayouts(root)
        }
        var notes: [String] = []
        if damagedObjects > 0 {
            notes.append("\(damagedObjects) objects are gone or damaged, and count there with what is on disk")
        }
        if !knowsAllBlobs { notes.append("not all blobs could be looked at") }
        record(
            .reportedFigure(
                ReportedFigure(name: "stored_bytes", bytes: storedBytes, note: notes.joined(separator: "; "))))
        try await flush()
    }

    /// How far the reading got.
    var statuses: [AspectStatus] {
        tallies.all.map { tally in
            var status = tally.status
            if status.aspect == Aspect.blobs, young.blobs > 0 {
                let text =
                    "\(young.blobs) blobs of \(young.bytes) bytes were written since the scan began and are not called orphans"
                status.detail += (status.detail.isEmpty ? "" : "; ") + text
            }
            return status
        }
    }

    // MARK: what is told

    func record(_ observation: Observation) { pending.append(observation) }

    /// Hands over what was seen, when it is enough for a batch.
    func flushBatch() async throws {
        try Task.checkCancellation()
        if pending.count >= Self.batch { try await flush() }
    }

    private func flush() async throws {
        while !pending.isEmpty {
            try Task.checkCancellation()
            let part = Array(pending.prefix(Self.batch))
            pending.removeFirst(part.count)
            try await context.sink.record(part)
        }
        try Task.checkCancellation()
    }

    func find(
        _ kind: StorageFindingObservation.Kind, _ path: String, _ digest: Digest? = nil, _ detail: String
    ) {
        guard !isSilent else { return }
        record(
            .storageFinding(
                StorageFindingObservation(
                    kind: kind, repository: repository, path: path, digest: digest, detail: detail)))
    }

    /// Something could not be looked at: the repository, if it is in one, was not seen whole.
    func note(_ problem: StorageProblem, at path: String, _ tally: AspectTally, listsBlobs: Bool = false) {
        find(problem == .moved ? .moved : .unreadable, path, nil, problem.text)
        if !isSilent { tally.problem(path, problem.text, hint: problem.hint) }
        isRepositoryComplete = false
        if listsBlobs { noteUnknownList() }
    }

    /// What may list blobs was not read.
    func noteUnknownList() {
        knowsAllLists = false
        knowsAllRevisions = false
    }

    func unknown(_ entry: StorageFolder.Entry, in path: String) {
        let what =
            switch entry.kind {
            case .folder: "a folder that belongs to no registry"
            case .file: "a file that belongs to no registry"
            case .other: "neither file nor folder, or a link that leads nowhere"
            }
        find(.unknownFile, path.isEmpty ? entry.name : "\(path)/\(entry.name)", nil, what)
    }

    // MARK: folders

    /// The entries of a folder; nil when it cannot be listed, which is noted.
    func list(
        _ folder: StorageFolder, _ path: String, _ tally: AspectTally, listsBlobs: Bool = false
    ) -> [StorageFolder.Entry]? {
        do throws(StorageProblem) {
            let entries = try folder.entries()
            onListed?(path)
            return entries
        } catch {
            note(error, at: path, tally, listsBlobs: listsBlobs)
            return nil
        }
    }

    /// Opens a folder that was listed; nil when that does not work, which is noted.
    func open(
        _ name: String, in folder: StorageFolder, _ path: String, _ tally: AspectTally, listsBlobs: Bool = false
    ) -> StorageFolder? {
        do throws(StorageProblem) {
            return try folder.folder(name)
        } catch {
            note(error, at: path, tally, listsBlobs: listsBlobs)
            return nil
        }
    }

    func progress(_ activity: String, _ done: Int, _ total: Int? = nil) {
        context.progress(CollectionProgress(activity: activity, done: done, total: total))
    }
}

/// The tallies of a storage's aspects.
struct StorageTallies: Sendable {
    let repositories = AspectTally(Aspect.repositories)
    let tags = AspectTally("tags")
    let manifests = AspectTally("manifests")
    let configurations = AspectTally("configurations")
    let blobs = AspectTally(Aspect.blobs)
    let layerLinks = AspectTally("layer links")
    let uploads = AspectTally(Aspect.uploads)

    var all: [AspectTally] { [repositories, tags, manifests, configurations, blobs, layerLinks, uploads] }
}
