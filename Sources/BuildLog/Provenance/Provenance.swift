package import Foundation
package import ImageModel

/// What BuildKit writes down about how it made something: in a build record, attached to an image, in a client's
/// metadata file (SLSA provenance v0.2 and v1) [buildkit: solver/llbsolver/provenance/types/types.go].
package struct Provenance: Sendable, Equatable {
    /// Which generation of the format it is.
    package enum Version: String, Sendable {
        case slsa02 = "0.2"
        case slsa1 = "1"
    }

    /// A step of the build, as far as it can be tied to something.
    package struct Step: Sendable, Equatable {
        /// Lines of the Dockerfile, from 1.
        package var lines: ClosedRange<Int>?
        /// Blobs of the layers that the step itself made, not those that it stands on.
        package var layers: [Digest]

        package init(lines: ClosedRange<Int>? = nil, layers: [Digest] = []) {
            self.lines = lines
            self.layers = layers
        }
    }

    package var version: Version
    /// The Dockerfile's name, as the frontend was told.
    package var dockerfile: String?
    /// The stage that `--target` names.
    package var target: String?
    /// Owner and name of the repository that was built from, as CI systems call it (`docker/buildx`).
    package var project: String?
    package var commit: String?
    package var branch: String?
    /// By BuildKit's digest of the vertex. Only of a provenance of mode `max`.
    package var steps: [Digest: Step]

    package init(
        version: Version, dockerfile: String? = nil, target: String? = nil, project: String? = nil,
        commit: String? = nil, branch: String? = nil, steps: [Digest: Step] = [:]
    ) {
        self.version = version
        self.dockerfile = dockerfile
        self.target = target
        self.project = project
        self.commit = commit
        self.branch = branch
        self.steps = steps
    }

    /// The largest document that is read, in bytes. A build of 80 steps has some 200 kB.
    package static let byteLimit = 32 << 20

    /// Reads a provenance: the predicate alone, as in a record, or an in-toto statement with it. Throws
    /// ``ImageModel/ImageModelError``; also for a predicate of another kind, or of another builder.
    package static func parse(_ data: Data) throws(ImageModelError) -> Provenance {
        let raw = try DocumentParser.decode(RawProvenance.self, from: data, as: .document, limit: byteLimit)
        return try Provenance(raw)
    }
}

/// The places that are read of both generations; everything else is passed over.
struct RawProvenance: Decodable {
    struct Source: Decodable {
        var uri: String?
        var digest: [String: String]?
        var entryPoint: String?
        var path: String?
    }

    struct Request: Decodable {
        var args: [String: String]?
        // SLSA v1 keeps the request within the parameters of the root request.
        var root: Root?

        struct Root: Decodable {
            var request: RootRequest?
            struct RootRequest: Decodable { var args: [String: String]? }
        }
    }

    struct Invocation: Decodable {
        var configSource: Source?
        var parameters: Request?
    }

    struct BuildConfig: Decodable {
        struct Definition: Decodable {
            var id: String
            var inputs: [String]?
        }

        var llbDefinition: [Definition]?
        var digestMapping: [String: String]?
    }

    struct Details: Decodable {
        struct Place: Decodable {
            struct Position: Decodable { var line: Int? }
            struct Span: Decodable {
                var start: Position?
                var end: Position?
            }
            var sourceIndex: Int?
            var ranges: [Span]?
        }

        struct Places: Decodable { var locations: [Place]? }
        struct Info: Decodable { var filename: String? }
        struct Origin: Decodable {
            var locations: [String: Places]?
            var infos: [Info]?
        }

        struct Layer: Decodable { var digest: Digest }

        var vcs: [String: String]?
        var source: Origin?
        var layers: [String: [[Layer]?]]?
    }

    struct Metadata: Decodable {
        var details: Details?

        enum CodingKeys: String, CodingKey {
            case details = "https://mobyproject.org/buildkit@v1#metadata"
            case newDetails = "buildkit_metadata"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            details =
                try values.decodeIfPresent(Details.self, forKey: .details)
                ?? values.decodeIfPresent(Details.self, forKey: .newDetails)
        }
    }

    struct BuildDefinition: Decodable {
        struct External: Decodable {
            var configSource: Source?
            var request: Request?
        }

        struct Internal: Decodable { var buildConfig: BuildConfig? }

        var buildType: String?
        var externalParameters: External?
        var internalParameters: Internal?
    }

    struct RunDetails: Decodable { var metadata: Metadata? }

    struct Predicate: Decodable {
        // v0.2
        var buildType: String?
        var invocation: Invocation?
        var buildConfig: BuildConfig?
        var metadata: Metadata?
        // v1
        var buildDefinition: BuildDefinition?
        var runDetails: RunDetails?
    }

    var predicate: Predicate

    private enum CodingKeys: String, CodingKey { case predicate }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        predicate =
            try values.contains(.predicate)
            ? values.decode(Predicate.self, forKey: .predicate) : Predicate(from: decoder)
    }
}
