import ImageModel
import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite struct BlobTableTests {
    @Test(arguments: [1, 2, 3]) func `the table says what a dictionary says`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let table = BlobTable()
        var expected: [Digest: Int64] = [:]
        for step in 0..<20_000 {
            let number = UInt64.random(in: 0..<8_000, using: &random)
            let algorithm: Digest.Algorithm = number % 10 == 0 ? .sha512 : .sha256
            let digest = Digest.of("\(number)".utf8, algorithm: algorithm)
            if step % 3 == 0 {
                #expect(table.find(digest).map { table.bytes[$0] } == expected[digest])
            } else {
                expected[digest] = Int64(step)
                let place = table.add(digest, bytes: Int64(step))
                #expect(table.digest(place) == digest)
            }
        }
        #expect(table.count == expected.count)
        for (digest, bytes) in expected { #expect(table.find(digest).map { table.bytes[$0] } == bytes) }
    }

    @Test func `what the first index says of an entry holds`() {
        let table = BlobTable()
        let (image, other) = (Digest.of("image".utf8), Digest.of("other".utf8))
        let entry = table.add(Digest.of("entry".utf8), bytes: 1)
        #expect(table.candidate(entry).platform == nil && table.candidate(entry).attests == nil)
        let linux = Platform(os: "linux", architecture: "amd64")
        table.tell(entry, platform: linux, attests: table.add(image, bytes: -1))
        table.tell(entry, platform: Platform(os: "windows", architecture: "amd64"), attests: table.add(other, bytes: 5))
        #expect(table.candidate(entry).platform == linux && table.candidate(entry).attests == image)
    }
}
