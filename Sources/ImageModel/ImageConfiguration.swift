/// One entry of an image's history (OCI image-spec, config.md, `history`).
package struct History: Hashable, Sendable, Codable {
    package var created: String?
    package var createdBy: String?
    package var author: String?
    package var comment: String?
    /// Whether the step made no layer.
    package var emptyLayer: Bool?

    enum CodingKeys: String, CodingKey {
        case created
        case createdBy = "created_by"
        case author
        case comment
        case emptyLayer = "empty_layer"
    }

    package init(
        created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
        emptyLayer: Bool? = nil
    ) {
        self.created = created
        self.createdBy = createdBy
        self.author = author
        self.comment = comment
        self.emptyLayer = emptyLayer
    }

    /// Whether the instruction is one that changes files: RUN, ADD or COPY, as BuildKit and the classic builder
    /// (`/bin/sh -c`, with `#(nop)` for what ran nothing) write them.
    var changesFiles: Bool {
        var text = (createdBy ?? "")[...]
        if text.hasPrefix("/bin/sh -c ") {
            text = text.dropFirst("/bin/sh -c ".count)
            guard text.hasPrefix("#(nop)") else { return true }
            text = text.dropFirst("#(nop)".count)
        }
        let word = text.drop { $0 == " " }.prefix { $0 != " " }
        return ["RUN", "ADD", "COPY"].contains(word)
    }
}

/// The configuration of an image: platform, execution parameters, layers and history (OCI image-spec, config.md).
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// The value of each key in what the specification writes as a set: an empty object.
    package struct NoValue: Hashable, Sendable, Codable {}

    /// Execution parameters; what we report of them.
    package struct Execution: Hashable, Sendable, Codable {
        package var user: String?
        package var env: [String]?
        package var entrypoint: [String]?
        package var cmd: [String]?
        package var workingDir: String?
        package var labels: [String: String]?
        package var stopSignal: String?
        /// Mount points, as the keys of a set.
        package var volumes: [String: NoValue]?
        package var exposedPorts: [String: NoValue]?

        enum CodingKeys: String, CodingKey {
            case user = "User"
            case env = "Env"
            case entrypoint = "Entrypoint"
            case cmd = "Cmd"
            case workingDir = "WorkingDir"
            case labels = "Labels"
            case stopSignal = "StopSignal"
            case volumes = "Volumes"
            case exposedPorts = "ExposedPorts"
        }

        package init(labels: [String: String]? = nil) { self.labels = labels }
    }

    /// The layers, as digests of their uncompressed tars, base first.
    package struct RootFS: Hashable, Sendable, Codable {
        package var type: String
        package var diffIDs: [Digest]

        enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        package init(type: String = "layers", diffIDs: [Digest]) {
            self.type = type
            self.diffIDs = diffIDs
        }

        /// Decodes the list; an image from scratch has none, which Docker leaves out and Go writes as null.
        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            type = try values.decode(String.self, forKey: .type)
            diffIDs = try values.decodeIfPresent([Digest].self, forKey: .diffIDs) ?? []
        }
    }

    package var created: String?
    package var author: String?
    package var architecture: String
    package var os: String
    package var variant: String?
    package var osVersion: String?
    package var osFeatures: [String]?
    package var config: Execution?
    package var rootfs: RootFS
    package var history: [History]?

    enum CodingKeys: String, CodingKey {
        case created
        case author
        case architecture
        case os
        case variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case config
        case rootfs
        case history
    }

    package init(
        created: String? = nil, author: String? = nil, architecture: String, os: String, variant: String? = nil,
        config: Execution? = nil, rootfs: RootFS, history: [History]? = nil
    ) {
        self.created = created
        self.author = author
        self.architecture = architecture
        self.os = os
        self.variant = variant
        self.config = config
        self.rootfs = rootfs
        self.history = history
    }

    package var platform: Platform {
        Platform(os: os, architecture: architecture, variant: variant, osVersion: osVersion, osFeatures: osFeatures)
    }

    package var labels: [String: String] { config?.labels ?? [:] }

    /// The instruction that made each layer, base first: as many as there are diffIDs, nil where history does not
    /// tell (absent, squashed, or not aligned with the layers).
    package var layerInstructions: [String?] {
        let history = history ?? []
        var makers = history.filter { $0.emptyLayer != true }
        if makers.count != rootfs.diffIDs.count, !history.contains(where: { $0.emptyLayer == true }) {
            // Where no entry is marked as empty, the instruction tells which made a layer, if their number agrees. Neither
            // Docker's builders nor Buildah write such a history; images that publishers put together otherwise have it.
            makers = history.filter(\.changesFiles)
        }
        guard makers.count == rootfs.diffIDs.count else { return rootfs.diffIDs.map { _ in nil } }
        return makers.map(\.createdBy)
    }
}
