import ImageModel
import Observations

/// What is known of each blob of one store: some 60 bytes each, whatever lists it.
///
/// Blobs have numbers, in the order in which they were met. A table of open places leads from a digest to its number;
/// digests are spread evenly by themselves, so their first bytes are the place.
final class BlobTable {
    struct Marks: OptionSet {
        let rawValue: UInt8

        /// An item lists it, or is it.
        static let listed = Marks(rawValue: 1)
        /// It counts as stored: an item lists it as other than a foreign layer.
        static let stored = Marks(rawValue: 2)
        /// It is an item's document.
        static let item = Marks(rawValue: 4)
        /// It is an index's document.
        static let index = Marks(rawValue: 8)
        /// An index lists it, and it is there.
        static let wanted = Marks(rawValue: 16)
        /// Some manifest says the size that it has.
        static let isAsTold = Marks(rawValue: 32)
        /// It was written after the scan began.
        static let young = Marks(rawValue: 64)
        /// Something that cannot be understood mentions it.
        static let mentioned = Marks(rawValue: 128)
    }

    private typealias Key = (UInt64, UInt64, UInt64, UInt64)

    private static let empty: Int32 = -1
    private var places: [Int32] = Array(repeating: empty, count: 1024)
    private var keys: [Key] = []
    /// sha512 does not fit the keys, and is rare.
    private var wide: [Digest: Int] = [:]
    private var wideDigests: [Int: Digest] = [:]
    /// Bytes on disk; -1 when it is gone.
    private(set) var bytes: [Int64] = []
    private(set) var marks: [Marks] = []
    /// What indexes say of an entry: the number of a platform in ``platforms``, and of the manifest that it attests.
    private var platformNumbers: [UInt16] = []
    private var attested: [Int32] = []
    private var platforms: [Platform] = []
    private var platformNumber: [Platform: UInt16] = [:]

    var count: Int { keys.count }

    /// The number of a digest, if it was met.
    func find(_ digest: Digest) -> Int? {
        guard digest.algorithm == .sha256 else { return wide[digest] }
        let found = places[place(of: Self.key(digest))]
        return found == Self.empty ? nil : Int(found)
    }

    /// Writes down how many bytes of a blob are there. Returns its number.
    @discardableResult
    func add(_ digest: Digest, bytes size: Int64) -> Int {
        if let known = find(digest) {
            bytes[known] = size
            return known
        }
        let number = keys.count
        if digest.algorithm == .sha256 {
            if (keys.count + 1) * 2 > places.count { grow() }
            let key = Self.key(digest)
            places[place(of: key)] = Int32(number)
            keys.append(key)
        } else {
            keys.append((0, 0, 0, 0))
            wide[digest] = number
            wideDigests[number] = digest
        }
        bytes.append(size)
        marks.append([])
        platformNumbers.append(0)
        attested.append(-1)
        return number
    }

    /// The digest of a number.
    func digest(_ number: Int) -> Digest {
        if let digest = wideDigests[number] { return digest }
        let raw = withUnsafeBytes(of: keys[number]) { Array($0) }
        guard let digest = Digest(algorithm: .sha256, bytes: raw) else { preconditionFailure("a key has 32 bytes") }
        return digest
    }

    func mark(_ number: Int, _ added: Marks) { marks[number].formUnion(added) }
    func setBytes(_ number: Int, _ size: Int64) { bytes[number] = size }
    func isThere(_ number: Int) -> Bool { bytes[number] >= 0 }

    /// Takes what an index says of an entry. The first that says something holds.
    func tell(_ number: Int, platform: Platform?, attests: Int?) {
        if let attests, attested[number] < 0 { attested[number] = Int32(attests) }
        guard let platform, platformNumbers[number] == 0 else { return }
        if let known = platformNumber[platform] {
            platformNumbers[number] = known
        } else if platforms.count < Int(UInt16.max) {
            platforms.append(platform)
            platformNumber[platform] = UInt16(platforms.count)
            platformNumbers[number] = UInt16(platforms.count)
        }
    }

    /// The manifest of a number, with what indexes say of it.
    func candidate(_ number: Int) -> Candidate {
        Candidate(
            digest: digest(number), isProven: true,
            platform: platformNumbers[number] == 0 ? nil : platforms[Int(platformNumbers[number]) - 1],
            attests: attested[number] < 0 ? nil : digest(Int(attested[number])))
    }

    private static func key(_ digest: Digest) -> Key {
        digest.bytes.withUnsafeBytes { raw in
            (
                raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// Where a key is, or would go.
    private func place(of key: Key) -> Int {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: key.0) & mask
        while places[place] != Self.empty, keys[Int(places[place])] != key { place = (place + 1) & mask }
        return place
    }

    private func grow() {
        places = Array(repeating: Self.empty, count: places.count * 2)
        for number in keys.indices where wideDigests[number] == nil {
            places[place(of: keys[number])] = Int32(number)
        }
    }
}
