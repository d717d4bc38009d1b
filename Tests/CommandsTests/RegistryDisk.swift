import Foundation
import TestSupport

/// What lies in a distribution registry's storage folder just now, read in the most obvious way: names of folders and
/// sizes of files.
struct RegistryDisk {
    /// A manifest in a repository.
    struct Place: Hashable, Comparable, CustomStringConvertible {
        var repository: String
        var digest: String
        var description: String { "\(repository)@\(digest.prefix(19))" }

        static func < (left: Place, right: Place) -> Bool { left.description < right.description }
    }

    /// Digest → bytes, of all blobs.
    private(set) var blobs: [String: Int64] = [:]
    /// Manifests that a repository has.
    private(set) var revisions: Set<Place> = []
    /// `repository:tag` → the manifest.
    private(set) var tags: [String: Place] = [:]
    let root: URL

    var bytes: Int64 { blobs.values.reduce(0, +) }

    init(_ root: URL) throws {
        self.root = root.appending(path: "docker/registry/v2")
        let blobs = self.root.appending(path: "blobs/sha256")
        for prefix in try Self.names(blobs) {
            for hex in try Self.names(blobs.appending(path: prefix)) {
                let data = blobs.appending(path: "\(prefix)/\(hex)/data").path
                guard FileManager.default.fileExists(atPath: data) else { continue }
                let size = try FileManager.default.attributesOfItem(atPath: data)[.size] as? NSNumber
                self.blobs["sha256:" + hex] = size?.int64Value
            }
        }
        try readRepositories(self.root.appending(path: "repositories"), "")
    }

    private mutating func readRepositories(_ folder: URL, _ name: String) throws {
        for entry in try Self.names(folder) where !entry.hasPrefix("_") {
            try readRepositories(folder.appending(path: entry), name.isEmpty ? entry : "\(name)/\(entry)")
        }
        let manifests = folder.appending(path: "_manifests")
        guard FileManager.default.fileExists(atPath: manifests.path) else { return }
        for hex in try Self.names(manifests.appending(path: "revisions/sha256"))
        where FileManager.default.fileExists(atPath: manifests.path + "/revisions/sha256/\(hex)/link") {
            revisions.insert(Place(repository: name, digest: "sha256:" + hex))
        }
        for tag in try Self.names(manifests.appending(path: "tags")) {
            let link = manifests.appending(path: "tags/\(tag)/current/link")
            guard let digest = try? String(decoding: Data(contentsOf: link), as: UTF8.self) else { continue }
            tags["\(name):\(tag)"] = Place(repository: name, digest: digest)
        }
    }

    private static func names(_ folder: URL) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }

    private struct Document: Decodable {
        struct Entry: Decodable { var digest: String }
        var config: Entry?
        var layers: [Entry]?
        var manifests: [Entry]?
    }

    private func document(_ digest: String) throws -> Document {
        let hex = digest.dropFirst("sha256:".count)
        let file = root.appending(path: "blobs/sha256/\(hex.prefix(2))/\(hex)/data")
        return try JSONDecoder().decode(Document.self, from: Data(contentsOf: file))
    }

    /// What a pull of a manifest needs: the manifest itself and each that it lists, with the blobs that each needs and
    /// that are there.
    func needs(of place: Place) throws -> [Place: Set<String>] {
        guard revisions.contains(place), blobs[place.digest] != nil else { return [:] }
        let document = try document(place.digest)
        let listed = ([document.config].compactMap { $0 } + (document.layers ?? [])).map(\.digest)
        var needs = [place: Set([place.digest] + listed).filter { blobs[$0] != nil }]
        for child in document.manifests ?? [] {
            needs.merge(try self.needs(of: Place(repository: place.repository, digest: child.digest))) { one, _ in one }
        }
        return needs
    }
}

/// A registry's tree with the layer graph of real images, made from the shared tables.
enum RegistryTree {
    /// Whether it can be made here.
    static let isAvailable =
        SharedData.at("tools/make-registry-tree") != nil && SharedData.at("data") != nil
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Makes a tree with the whole history of its tags until then; its truth lies beside it.
    static func make(set: String, at date: String, repositories: Int, root: URL) async throws
        -> RegistryTruthTests.Truth
    {
        try await Program.run(
            "/usr/bin/python3",
            [
                SharedData.at("tools/make-registry-tree")?.path ?? "", "--tables", SharedData.at("data")?.path ?? "",
                "--set", set, "--out", root.path, "--at", date, "--repositories", "\(repositories)", "--history",
            ])
        return try JSONDecoder().decode(
            RegistryTruthTests.Truth.self, from: Data(contentsOf: URL(fileURLWithPath: root.path + ".truth.json")))
    }
}
