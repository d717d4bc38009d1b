import Foundation
import ImageModel
import TestSupport
import Testing

private let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
private let pointer = #"{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"\#(digest)"}"#

private func manifest(_ more: String = "") -> String {
    #"{"schemaVersion":2,"config":\#(pointer),"layers":[]\#(more)}"#
}

private func failure(_ text: String) throws -> ImageModelError {
    try #require(throws: ImageModelError.self) { try ManifestDocument.parse(Data(text.utf8)) }
}

@Suite struct HostileDocumentTests {
    @Test(arguments: ["[", "{\"a\":", "[{\"a\":["]) func `a million levels of nesting are an error`(piece: String)
        throws
    {
        let error = try failure(String(repeating: piece, count: 1_000_000))
        #expect(error.reason.contains("bytes, more than the limit") || error.reason.contains("levels deep"))
        let short = try failure(String(repeating: piece, count: 10_000))
        #expect(short.reason.contains("levels deep"))
    }

    @Test func `nesting below the limit is read`() throws {
        let deep = String(repeating: "[", count: 50) + String(repeating: "]", count: 50)
        #expect(throws: Never.self) { try ManifestDocument.parse(Data(manifest(",\"x\":\(deep)").utf8)) }
    }

    @Test func `a document of more than 4 MiB is refused before it is read`() throws {
        let error = try failure(manifest(",\"x\":\"" + String(repeating: "x", count: 4 << 20) + "\""))
        #expect(error.reason.contains("more than the limit of 4194304"))
    }

    @Test func `a key that stands twice is refused, however it is written`() throws {
        #expect(try failure(manifest(#","layers":[]"#)).reason == #"has the key "layers" twice"#)
        #expect(try failure(manifest(#","l\u0061yers":[]"#)).reason == #"has the key "layers" twice"#)
        let nested = try failure(manifest(#","annotations":{"a":"1","a":"2"}"#))
        #expect(nested.path == "annotations")
    }

    @Test(arguments: [
        (#""annotations":{"a":"\u0000"}"#, "annotations.a"), (#""annotations":{"a":"\ud800"}"#, "annotations.a"),
        (#""annotations":{"a":"\ud800\u0061"}"#, "annotations.a"), (#""annotations":{"a":"\udc00"}"#, "annotations.a"),
        (#""x":[1,1e999]"#, "x[1]"), (#""x":1\#(String(repeating: "0", count: 80))"#, "x"), (#""x":01"#, "x"),
        (#""x":+1"#, "x"),
        (#""x":.5"#, "x"), (#""x":NaN"#, "x"), (#""x":"\x41""#, "x"), ("\"x\":\"a\tb\"", "x"), (#""x":1e"#, "x"),
        (#""x":tru"#, "x"),
        (#""annotations":{"a":1}"#, "annotations.a"), (#""layers":{}"#, ""), (#""artifactType":7"#, "artifactType"),
    ]) func `what two readers read in two ways is refused, and the place named`(member: String, place: String) throws {
        let text = #"{"schemaVersion":2,"config":\#(pointer),\#(member)}"#
        let error = try failure(text)
        #expect(error.path.hasPrefix(place), "\(error)")
        #expect(!error.path.isEmpty, "\(error)")
    }

    @Test func `a byte order mark, UTF-16 and bytes that are not UTF-8 are refused`() throws {
        #expect(try failure("\u{FEFF}" + manifest()).reason == "begins with a byte order mark")
        for bytes in [Data(manifest().utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }), Data([0x22, 0xFF, 0x22])] {
            #expect(throws: ImageModelError.self) { try ManifestDocument.parse(bytes) }
        }
        for text in ["", " ", "{}", "[]", "null", "1", "\"x\"", manifest() + "x", manifest() + manifest()] {
            _ = try failure(text)
        }
    }

    @Test(arguments: ["-1", "9223372036854775808", "1e30", "1.5", "\"1\"", "null", "true"])
    func `a size that is no count of bytes is refused`(size: String) throws {
        let layer = #"{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":\#(size),"digest":"\#(digest)"}"#
        let error = try failure(#"{"schemaVersion":2,"config":\#(pointer),"layers":[\#(pointer),\#(layer)]}"#)
        #expect(error.path == "layers[1].size")
    }

    @Test func `a digest that is none is named by its place`() throws {
        let layer = #"{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":1,"digest":"sha256:1"}"#
        let error = try failure(#"{"schemaVersion":2,"config":\#(pointer),"layers":[\#(layer)]}"#)
        #expect(error.description.hasPrefix(#"invalid manifest: layers[0].digest: "sha256:1" needs 64"#))
    }

    @Test func `more than 10,000 layers or children are refused`() throws {
        let entries = Array(repeating: pointer, count: 10_001).joined(separator: ",")
        #expect(try failure(#"{"schemaVersion":2,"config":\#(pointer),"layers":[\#(entries)]}"#).path == "layers")
        #expect(try failure(#"{"schemaVersion":2,"manifests":[\#(entries)]}"#).path == "manifests")
    }

    @Test func `a document that is manifest and index at once is refused`() throws {
        let error = try failure(manifest(#","manifests":[]"#))
        #expect(error.reason.contains("neither"))
    }

    @Test func `a media type that contradicts the transport is refused`() throws {
        let text = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
        let error = try #require(throws: ImageModelError.self) {
            try ManifestDocument.parse(Data(text.utf8), contentType: .ociManifest)
        }
        #expect(error.path == "mediaType")
    }

    /// Bytes changed, cut and doubled at random places: an error or a value, never a crash.
    @Test func `no change to a document makes the parser fall`() throws {
        var builder = ImageBuilder()
        let layer = try builder.layer(["a": "b"])
        let image = try builder.image([layer], labels: ["k": "v"])
        let entry = try builder.attestation(for: image)
        let index = try builder.index([image.descriptor, entry])
        let seeds = [image.digest, image.imageID, entry.digest, index.digest].compactMap { builder.blobs[$0] }
        var random = SeededGenerator(seed: 20_261_123)
        var parsed = 0
        for round in 0..<6_000 {
            var content = seeds[round % seeds.count]
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = content.startIndex + Int.random(in: 0..<max(1, content.count), using: &random)
                guard place < content.endIndex else { break }
                switch Int.random(in: 0...4, using: &random) {
                case 0: content[place] = UInt8.random(in: 0...255, using: &random)
                case 1: content = content[..<place]
                case 2: content.insert(contentsOf: content[place...].prefix(20), at: place)
                case 3: content.remove(at: place)
                default: content[place] = Array("{}[]\",:0-n\\".utf8).randomElement(using: &random) ?? 0
                }
            }
            content = Data(content)
            parsed += (try? ManifestDocument.parse(content)) != nil ? 1 : 0
            parsed += (try? DocumentParser.configuration(content)) != nil ? 1 : 0
        }
        #expect(parsed > 0, "some changes leave the document valid, or the test tests nothing")
    }
}
