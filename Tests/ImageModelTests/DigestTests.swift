import Foundation
import ImageModel
import Testing

private let empty256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

@Suite struct DigestTests {
    @Test func `sha256 and sha512 of nothing and of abc are those of FIPS 180`() {
        #expect(Digest.of([]).description == "sha256:" + empty256)
        #expect(
            Digest.of(Array("abc".utf8)).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest.of(Array("abc".utf8), algorithm: .sha512).description
                == "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }

    @Test func `a digest computed in pieces equals one computed at once`() {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var hasher = DigestHasher()
        for start in stride(from: 0, to: content.count, by: 777) {
            hasher.update(Array(content[start..<min(start + 777, content.count)]))
        }
        #expect(hasher.finish() == Digest.of(content))
        #expect(Digest.of(AnySequence(content)) == Digest.of(content))
    }

    @Test(arguments: [
        "", "sha256", "sha256:", ":" + empty256, "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:" + empty256 + "0",
        "sha256:" + empty256.dropLast(), "SHA256:" + empty256, "sha256:" + empty256.uppercased(),
        "sha512:" + empty256, "sha256:" + empty256.dropLast() + "g", " sha256:" + empty256, "sha256:" + empty256 + "\n",
        "sha256:é3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8", "sha256+b64:" + empty256,
    ]) func `what is no digest is refused`(text: String) throws {
        let error = try #require(throws: ImageModelError.self) { try Digest(text) }
        #expect(error.subject == .digest)
    }

    @Test func `text, raw bytes and JSON round trip`() throws {
        for algorithm in Digest.Algorithm.allCases {
            let digest = Digest.of([1, 2, 3], algorithm: algorithm)
            #expect(try Digest(digest.description) == digest)
            #expect(Digest(bytes: digest.bytes) == digest)
            #expect(try JSONDecoder().decode(Digest.self, from: JSONEncoder().encode(digest)) == digest)
        }
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }

    @Test func `chainIDs are hashes over the chain below and the diffID`() throws {
        // The specification's formula (config.md, "Layer ChainID"), computed with sha256sum.
        let a = try Digest("sha256:c6f988f4874bb0add23a778f753c65efe992244e148a1d2ec2a8b664fb66bbd1")
        let b = try Digest("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")
        let chain = ChainID.chain(of: [a, b, b])
        #expect(chain[0] == a)
        #expect(chain[1] == Digest.of(Array("\(a) \(b)".utf8)))
        #expect(chain[1].hex == "c3191d32a37d7159b2e30830937d2e30268ad6c375a773a8994911a3aba9b93f")
        #expect(chain[2] == Digest.of(Array("\(chain[1]) \(b)".utf8)))
        #expect(Set(chain).count == 3, "one diffID on two parents is two snapshots")
        #expect(ChainID.chain(of: []).isEmpty)
    }
}
