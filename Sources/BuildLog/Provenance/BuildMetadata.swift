package import BuildModel
package import Foundation
package import ImageModel

/// What `--metadata-file` of `docker buildx build` and `bake` says of one build: nothing of its steps, but what it
/// made and where its record is [buildx: commands/build.go, commands/bake.go].
package struct BuildMetadata: Sendable, Equatable {
    /// The target of `bake`; nil in the file of one build.
    package var target: String?
    /// The reference of the build's record.
    package var reference: String?
    /// The name of the builder instance.
    package var builder: String?
    package var imageDigest: Digest?
    package var imageNames: [String]
    /// One for each platform.
    package var provenances: [Provenance]
    /// Parts that could not be read.
    package var gaps: [String]

    package init(
        target: String? = nil, reference: String? = nil, builder: String? = nil, imageDigest: Digest? = nil,
        imageNames: [String] = [], provenances: [Provenance] = [], gaps: [String] = []
    ) {
        self.target = target
        self.reference = reference
        self.builder = builder
        self.imageDigest = imageDigest
        self.imageNames = imageNames
        self.provenances = provenances
        self.gaps = gaps
    }

    /// The largest file that is read, in bytes.
    package static let byteLimit = 64 << 20

    /// Reads a metadata file: one value for a build, one for each target of a bake, by name. Throws
    /// ``ImageModel/ImageModelError``.
    package static func parse(_ data: Data) throws(ImageModelError) -> [BuildMetadata] {
        let file = try DocumentParser.decode(RawMetadataFile.self, from: data, as: .document, limit: byteLimit)
        guard !file.builds.isEmpty else {
            throw ImageModelError(.document, "is no metadata file of buildx: it has no buildx.build.ref or the like")
        }
        return file.builds
    }

    /// A build with what the metadata says of it: the digest of what was made, which a log may not have, and the
    /// record's reference.
    package static func joined(_ build: Build, metadata: BuildMetadata) -> Build {
        var build = build
        build.reference = build.reference ?? metadata.reference
        build.builder = build.builder ?? metadata.builder
        build.target = build.target ?? metadata.target
        // A log of an engine tells the image ID; the manifest's digest says more.
        build.imageDigest = metadata.imageDigest ?? build.imageDigest
        for name in metadata.imageNames where !build.imageNames.contains(name) { build.imageNames.append(name) }
        for provenance in metadata.provenances { build.apply(provenance) }
        build.gaps += metadata.gaps
        return build
    }

    /// Joins a file with the builds of the log that was given along with it: target by target, or the one build with
    /// the one that the file is of. What finds no partner stays as it is, and is told.
    package static func joined(
        _ builds: [Build], metadata: [BuildMetadata]
    ) -> (builds: [Build], unmatched: [String]) {
        var builds = builds
        var unmatched: [String] = []
        for one in metadata {
            let matches = builds.indices.filter { index in
                if let reference = builds[index].reference { return reference == one.reference }
                if let target = one.target, builds[index].target != nil || metadata.count > 1 {
                    return builds[index].target == target
                }
                return builds.count == 1 || (one.imageDigest != nil && builds[index].imageDigest == one.imageDigest)
            }
            guard matches.count == 1, let match = matches.first else {
                let name = one.target.map { "target \(quoted($0))" } ?? "build \(quoted(one.reference ?? "?"))"
                unmatched.append(
                    "metadata of \(name) fits \(matches.isEmpty ? "no build" : "\(matches.count) builds") of the log")
                continue
            }
            builds[match] = joined(builds[match], metadata: one)
        }
        return (builds, unmatched)
    }
}

/// The file: the keys of one build, which all have a dot, or objects by target, whose names have none.
private struct RawMetadataFile: Decodable {
    private static let targetLimit = 10_000

    var builds: [BuildMetadata] = []

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: AnyKey.self)
        let own = try BuildMetadata(values, target: nil)
        if own.reference != nil || own.imageDigest != nil || !own.provenances.isEmpty { builds.append(own) }
        let targets = values.allKeys.filter { !$0.stringValue.contains(".") }
            .sorted { $0.stringValue < $1.stringValue }
        guard targets.count <= Self.targetLimit else {
            throw ImageModelError(.document, "has more than \(Self.targetLimit) targets")
        }
        for key in targets {
            let one = try values.nestedContainer(keyedBy: AnyKey.self, forKey: key)
            builds.append(try BuildMetadata(one, target: String(key.stringValue.prefix(256))))
        }
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

extension BuildMetadata {
    fileprivate init(_ values: KeyedDecodingContainer<AnyKey>, target: String?) throws {
        func text(_ key: String) throws -> String? {
            try values.decodeIfPresent(String.self, forKey: AnyKey(stringValue: key)).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(target: target)
        // Builder, node and reference of the record.
        let place = (try text("buildx.build.ref") ?? "").split(separator: "/")
        reference = place.last.map { String($0.prefix(256)) }
        builder = place.count > 1 ? String(place[0].prefix(256)) : nil
        imageDigest = try values.decodeIfPresent(
            Digest.self, forKey: AnyKey(stringValue: "containerimage.digest"))
        imageNames = (try text("image.name") ?? "").split(separator: ",").prefix(1_000).map {
            String($0.drop { $0 == " " })
        }
        let key = "buildx.build.provenance"
        for found in values.allKeys.map(\.stringValue).filter({ $0 == key || $0.hasPrefix(key + "/") }).sorted() {
            do {
                provenances.append(
                    try Provenance(values.decode(RawProvenance.self, forKey: AnyKey(stringValue: found))))
            } catch let error as ImageModelError {
                gaps.append("\(found): \(error)")
            }
        }
    }
}
