package import Foundation
package import ImageModel

/// A build record of BuildKit's history, as `docker buildx history export` writes it down: the Go encoding of
/// `BuildHistoryRecord`, and what the client knew [buildx: util/desktop/bundle/export.go].
package struct BuildRecord: Sendable, Equatable {
    package var reference: String
    /// Options of the frontend. They may hold secrets (build arguments): nothing of them is passed on but where the
    /// source came from.
    package var attributes: [String: String]
    /// Nanoseconds since 1970.
    package var created: Int64?
    package var completed: Int64?
    package var failure: Failure?
    /// The progress, in the same layout.
    package var logs: Digest?
    package var response: [String: String]
    /// Names that the exporters were given.
    package var exportedNames: [String]
    /// The results: manifests or indexes.
    package var results: [Digest]
    package var totalSteps: Int?
    package var cachedSteps: Int?
    /// The target of `bake`; nil for a build without.
    package var bakeTarget: String?

    /// Why a build failed (`google.rpc.Status`).
    package struct Failure: Sendable, Equatable, Decodable {
        /// A gRPC status code: 1 means that it was cancelled.
        package var code: Int?
        package var message: String?

        package init(code: Int?, message: String?) {
            self.code = code
            self.message = message
        }
    }

    /// The largest record that is read, in bytes; real ones have some 20 kB.
    package static let byteLimit = 16 << 20

    /// Reads a record (`application/vnd.buildkit.historyrecord.v0`). Throws ``ImageModel/ImageModelError``.
    package static func parse(_ data: Data) throws(ImageModelError) -> BuildRecord {
        BuildRecord(try DocumentParser.decode(RawRecord.self, from: data, as: .document, limit: byteLimit))
    }

    private init(_ raw: RawRecord) {
        reference = String(raw.Ref.prefix(256))
        attributes = raw.FrontendAttrs ?? [:]
        created = raw.CreatedAt?.nanoseconds
        completed = raw.CompletedAt?.nanoseconds
        failure = raw.error
        logs = raw.logs?.digest
        response = raw.ExporterResponse ?? [:]
        exportedNames = (raw.Exporters ?? []).compactMap { $0.Attrs?["name"] }
        let found = [raw.Result].compactMap(\.self) + (raw.Results ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        results = found.flatMap { result in
            (result.Results ?? [:]).sorted { $0.key < $1.key }.map(\.value.digest)
                + [result.ResultDeprecated?.digest].compactMap(\.self)
        }
        totalSteps = raw.numTotalSteps
        cachedSteps = raw.numCachedSteps
        // What is no bake goes by this name.
        bakeTarget = raw.localState?.Target.flatMap { $0 == "default" || $0.isEmpty ? nil : String($0.prefix(256)) }
    }
}

/// The keys as the message's fields are called in Go. What is zero is left out.
private struct RawRecord: Decodable {
    struct Exporter: Decodable { var Attrs: [String: String]? }
    struct Pointer: Decodable { var digest: Digest }
    struct Result: Decodable {
        var ResultDeprecated: Pointer?
        var Results: [String: Pointer]?
    }
    struct LocalState: Decodable { var Target: String? }

    var Ref: String
    var FrontendAttrs: [String: String]?
    var Exporters: [Exporter]?
    var error: BuildRecord.Failure?
    var CreatedAt: SolveTime?
    var CompletedAt: SolveTime?
    var logs: Pointer?
    var ExporterResponse: [String: String]?
    var Result: Result?
    var Results: [String: Result]?
    var numTotalSteps: Int?
    var numCachedSteps: Int?
    var localState: LocalState?
}
