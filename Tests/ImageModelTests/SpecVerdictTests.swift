import Foundation
import ImageModel
import TestSupport
import Testing

/// The documents of the OCI image-spec's own schema tests, with the verdicts they expect.
private struct Verdicts: Decodable {
    struct Vector: Decodable, CustomTestStringConvertible {
        var kind: String
        var document: String
        var valid: Bool
        var note: String
        var testDescription: String { "\(kind): \(note)" }
    }
    var vectors: [Vector]
}

private let file = SharedData.at("fixtures/opencontainers-image-spec/vectors.json")

private func vectors() throws -> [Verdicts.Vector] {
    guard let file else { return [] }
    return try JSONDecoder().decode(Verdicts.self, from: Data(contentsOf: file)).vectors
}

/// The schema calls these valid, we do not: digests of algorithms that are not registered name nothing that could be
/// verified.
private func isUnregistered(_ vector: Verdicts.Vector) -> Bool {
    vector.valid && vector.kind == "descriptor" && vector.note.hasPrefix("expected success: test for alternate digest")
}

/// The schema calls this invalid, we do not: `layers` "SHOULD have at least one entry" (manifest.md), and images from
/// scratch have none.
private func isImageWithoutLayers(_ vector: Verdicts.Vector) -> Bool {
    vector.note == "expected failure: empty layer, expected at least one"
}

private func parse(_ vector: Verdicts.Vector) throws {
    let content = Data(vector.document.utf8)
    switch vector.kind {
    case "descriptor": _ = try DocumentParser.descriptor(content)
    case "layout": try DocumentParser.checkLayout(content)
    case "config": _ = try DocumentParser.configuration(content)
    case "compat" where vector.document.contains("rootfs\""): _ = try DocumentParser.configuration(content)
    default: _ = try ManifestDocument.parse(content)
    }
}

@Suite(.enabled(if: file != nil, "the image-spec's documents are not at hand"))
struct SpecVerdictTests {
    @Test func `all documents of the specification are here`() throws {
        let all = try vectors()
        #expect(all.count == 69)
        #expect(all.count(where: isUnregistered) == 6)
        #expect(all.count(where: isImageWithoutLayers) == 1)
    }

    @Test(arguments: try vectors().filter { $0.valid && !isUnregistered($0) || isImageWithoutLayers($0) })
    private func `a valid document parses`(vector: Verdicts.Vector) throws {
        try parse(vector)
    }

    @Test(arguments: try vectors().filter { !$0.valid && !isImageWithoutLayers($0) || isUnregistered($0) })
    private func `an invalid document gives an error that says where`(vector: Verdicts.Vector) throws {
        let error = try #require(throws: ImageModelError.self) { try parse(vector) }
        #expect(!error.path.isEmpty || error.reason.contains("byte"), "\(error) names no place")
        #expect(error.subject != .digest, "\(error) speaks of a digest, not of the document")
    }
}
