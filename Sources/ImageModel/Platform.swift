/// Operating system and processor of an image (OCI image-spec, image-index.md, `platform`).
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    package var os: String
    package var architecture: String
    package var variant: String?
    package var osVersion: String?
    package var osFeatures: [String]?

    enum CodingKeys: String, CodingKey {
        case os
        case architecture
        case variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    package init(
        os: String, architecture: String, variant: String? = nil, osVersion: String? = nil, osFeatures: [String]? = nil
    ) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.osVersion = osVersion
        self.osFeatures = osFeatures
    }

    /// `os/architecture[/variant]`, as `--platform` takes it.
    package var description: String {
        ([os, architecture] + [variant].compactMap { $0 }.filter { !$0.isEmpty }).joined(separator: "/")
    }

    /// BuildKit gives attestation manifests in an index the platform `unknown/unknown`.
    package var isUnknown: Bool { os == "unknown" && architecture == "unknown" }
}
