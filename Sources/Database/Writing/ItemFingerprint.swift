import Foundation
import ImageModel
import Observations

extension ItemObservation {
    /// 64 bits of a hash of everything that is kept of the item: when it was recorded with the same ones before, it
    /// need not be written again.
    var fingerprint: Int64 {
        var writer = FingerprintWriter()
        writer.add(kind.rawValue)
        writer.add(mediaType)
        writer.add(artifactType)
        writer.add(imageID)
        writer.add(platform?.os)
        writer.add(platform?.architecture)
        writer.add(platform?.variant)
        writer.add(platform?.osVersion)
        writer.add(createdAt.map { Int64(($0.timeIntervalSince1970 * 1000).rounded(.down).clamped) })
        writer.add(subject)
        writer.add(parent)
        writer.add(isIntermediate ? 1 : 0)
        writer.add(annotations)
        writer.add(labels)
        // The configuration's own digest is the image ID.
        writer.add(configuration.map { Int64($0.utf8.count) })
        writer.add(Int64(objects.count))
        for object in objects {
            writer.add(object.space.rawValue)
            writer.add(object.kind.rawValue)
            writer.add(object.key)
            writer.add(object.bytes)
            if object.isMeasured { writer.add("measured") }
            writer.add(object.mediaType)
            writer.add(object.diffID)
            writer.add(object.uncompressedBytes)
            writer.add(object.instruction)
        }
        writer.add(Int64(children.count))
        for child in children {
            writer.add(child.digest)
            writer.add(child.platform?.description)
            writer.add(child.isPresent ? 1 : 0)
        }
        return writer.finish()
    }
}

extension Double {
    /// The number, or the end of what fits 64 bits; 0 for what is no number.
    fileprivate var clamped: Double { isNaN ? 0 : Swift.min(Swift.max(self, -9e18), 9e18) }
}

/// Writes values one behind the other so that no two sequences of values give the same bytes, and hashes them.
private struct FingerprintWriter {
    private var bytes: [UInt8] = []

    mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(1)
        add(Int64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func add(_ digest: Digest?) {
        guard let digest else { return bytes.append(0) }
        bytes.append(UInt8(digest.bytes.count))
        bytes += digest.bytes
    }

    mutating func add(_ number: Int64?) {
        guard let number else { return bytes.append(0) }
        bytes.append(2)
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    mutating func add(_ values: [String: String]) {
        add(Int64(values.count))
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            add(key)
            add(value)
        }
    }

    func finish() -> Int64 {
        Digest.of(bytes).bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}
