import BuildModel
import ImageModel

/// Builds at hand, found by what a reading of one may have in common with it.
struct BuildTable {
    /// In the order in which they were added.
    private(set) var builds: [StoredBuild] = []
    private var references: [String: Int] = [:]
    private var readings: [Digest: [Int]] = [:]
    private var fingerprints: [Int64: [Int]] = [:]

    init(_ builds: [StoredBuild]) {
        for build in builds { add(build) }
    }

    mutating func add(_ build: StoredBuild) {
        builds.append(build)
        index(builds.count - 1)
    }

    /// Has the build that this is a reading of take it; false when there is none.
    mutating func take(_ build: Build) -> Bool {
        var positions: Set<Int> = []
        if let reference = build.reference, let position = references[reference] { positions.insert(position) }
        positions.formUnion(readings[build.contentDigest] ?? [])
        positions.formUnion(fingerprints[build.fingerprint] ?? [])
        let candidates = positions.sorted()
        guard let found = build.position(among: candidates.map { builds[$0].known }) else { return false }
        builds[candidates[found]].known.take(build)
        index(candidates[found])
        return true
    }

    private mutating func index(_ position: Int) {
        let known = builds[position].known
        if let reference = known.build.reference { references[reference] = position }
        for reading in known.readings where readings[reading.digest]?.contains(position) != true {
            readings[reading.digest, default: []].append(position)
        }
        let fingerprint = known.build.fingerprint
        if fingerprints[fingerprint]?.contains(position) != true {
            fingerprints[fingerprint, default: []].append(position)
        }
    }
}
