package import ImageModel

/// What measuring a blob found, by its bytes alone.
package struct BlobMeasure: Sendable, Equatable {
    /// Bytes as stored.
    package var bytes: Int64 = 0
    /// Hashes of the stored bytes: always sha256, and sha512 where a name asks for it.
    package var digests: [Digest] = []
    package var packing = Packing.none
    /// Hashes of the unpacked bytes; empty when they could not be unpacked. Equal to ``digests`` for what is not packed.
    package var unpackedDigests: [Digest] = []
    /// Bytes when unpacked; nil when they could not be unpacked.
    package var unpackedBytes: Int64?
    /// Why the content could not be unpacked; nil when it could.
    package var problem: ArchiveError?

    package init() {}

    /// The hash of the stored bytes in an algorithm.
    package func digest(_ algorithm: Digest.Algorithm) -> Digest? { digests.first { $0.algorithm == algorithm } }

    /// The hash of the unpacked bytes (the diffID, for a layer) in an algorithm.
    package func unpackedDigest(_ algorithm: Digest.Algorithm) -> Digest? {
        unpackedDigests.first { $0.algorithm == algorithm }
    }
}

/// Measures one blob while its bytes stream past: hashes and counts them as stored and as unpacked. Used by one thread
/// at a time.
final class BlobMeter {
    private let limits: ArchiveLimits
    private var stored: Hashers
    private var unpacked: Hashers?
    private var unpacker: (any Unpacker)?
    private let algorithms: [Digest.Algorithm]
    private var prefix: [UInt8] = []
    private var isSniffed = false
    private var measure = BlobMeasure()

    /// A meter that computes these hashes.
    init(_ algorithms: [Digest.Algorithm] = [.sha256], limits: ArchiveLimits) {
        self.algorithms = algorithms
        self.limits = limits
        stored = Hashers(algorithms)
    }

    /// Takes the next stored bytes.
    func push(_ bytes: UnsafeRawBufferPointer) {
        stored.update(bytes)
        measure.bytes += Int64(bytes.count)
        if isSniffed {
            unpack(bytes)
            return
        }
        prefix.append(contentsOf: bytes.prefix(Packing.prefixLength - prefix.count))
        if prefix.count == Packing.prefixLength {
            sniff()
            // What was gathered may have come in several pieces; all of them go to the unpacker once.
            let before = Int(measure.bytes) - bytes.count
            if before > 0 { prefix.prefix(before).withUnsafeBytes { unpack($0) } }
            unpack(bytes)
        }
    }

    /// What was found; the meter ends here.
    func finish() -> BlobMeasure {
        if !isSniffed {
            sniff()
            prefix.withUnsafeBytes { unpack($0) }
        }
        measure.digests = stored.finish()
        if let unpacker, measure.problem == nil {
            do { try unpacker.finish() } catch { fail(error) }
        }
        if measure.packing == .none {
            measure.unpackedBytes = measure.bytes
            measure.unpackedDigests = measure.digests
        } else if measure.problem == nil {
            measure.unpackedDigests = unpacked?.finish() ?? []
        } else {
            measure.unpackedBytes = nil
        }
        return measure
    }

    private func sniff() {
        isSniffed = true
        measure.packing = Packing(firstBytes: prefix)
        do throws(ArchiveError) {
            unpacker = try measure.packing.makeUnpacker()
            if unpacker != nil {
                unpacked = Hashers(algorithms)
                measure.unpackedBytes = 0
            }
        } catch {
            measure.problem = error
        }
    }

    private func unpack(_ bytes: UnsafeRawBufferPointer) {
        guard let unpacker, measure.problem == nil else { return }
        do {
            try unpacker.push(bytes) { output in
                unpacked?.update(output)
                let total = (measure.unpackedBytes ?? 0) + Int64(output.count)
                measure.unpackedBytes = total
                let bound = max(1 << 30, measure.bytes.multipliedReportingOverflow(by: limits.expansion).partialValue)
                guard total <= min(bound, limits.unpackedBytes) else {
                    throw ArchiveError(.limit, "unpacks to more than \(limits.expansion) times its bytes")
                }
            }
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: any Error) {
        measure.problem = error as? ArchiveError ?? ArchiveError(.corrupt, "cannot be unpacked")
        unpacker = nil
        unpacked = nil
    }
}

/// One hasher for each algorithm asked for.
private final class Hashers {
    private var sha256: DigestHasher?
    private var sha512: DigestHasher?

    init(_ algorithms: [Digest.Algorithm]) {
        sha256 = algorithms.contains(.sha256) ? DigestHasher(.sha256) : nil
        sha512 = algorithms.contains(.sha512) ? DigestHasher(.sha512) : nil
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        sha256?.update(bytes)
        sha512?.update(bytes)
    }

    func finish() -> [Digest] {
        var digests: [Digest] = []
        if let hasher = sha256.take() { digests.append(hasher.finish()) }
        if let hasher = sha512.take() { digests.append(hasher.finish()) }
        return digests
    }
}
