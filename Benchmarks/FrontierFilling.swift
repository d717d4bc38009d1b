import Analysis
import Foundation

/// Clean-up candidates of a large registry: every image has a manifest, a configuration and a layer of its own, layers
/// of a base that is renewed now and then, dependencies that a few builds have in common, and some a layer that its
/// repository puts on whatever base there is. Sizes are exponentially distributed.
struct FrontierFilling {
    let images: Int
    /// Whether the loss of an image is its age and last pull in thousandths instead of 1.
    let isWeighted: Bool

    private var systems: Int { max(2, images / 20_000) }
    private var bases: Int { max(4, images / 400) }
    private var repositories: Int { max(1, images / 50) }

    func problem() throws -> FrontierProblem {
        var bytes: [Int64] = []
        var losses: [Int64] = []
        var offsets: [FrontierProblem.Index] = [0]
        var held: [FrontierProblem.Index] = []
        func object(_ mean: Double) -> FrontierProblem.Index {
            bytes.append(Int64(-mean * log(Double(1 + random(bytes.count, 1) % 1_000_000) / 1_000_001)))
            return FrontierProblem.Index(bytes.count - 1)
        }
        let system = (0..<systems).map { _ in object(40e6) }
        let base = (0..<bases).map { _ in object(80e6) }
        for repository in 0..<repositories {
            let pool = (0..<4).map { _ in object(8e6) }
            var dependencies = object(40e6)
            var chosen = 0
            for build in 0..<(images / repositories) {
                // A new base every ten builds or so, new dependencies every five, and always with a new base.
                let isRebased = build == 0 || random(repository, build + 100) % 10 == 0
                if isRebased { chosen = random(repository, build + 500) % bases }
                if isRebased || random(repository, build + 900) % 5 == 0 { dependencies = object(40e6) }
                held += [object(1500), object(5000), system[chosen % systems], base[chosen], dependencies]
                if random(repository, build + 1300) % 5 < 2 {
                    held.append(pool[random(repository, build + 1700) % pool.count])
                }
                held.append(object(5e6))
                offsets.append(FrontierProblem.Index(held.count))
                losses.append(isWeighted ? 1 + Int64(random(repository, build + 2100) % 1000) : 1)
            }
        }
        return try FrontierProblem(losses: losses, objectBytes: bytes, heldOffsets: offsets, held: held)
    }

    /// A number that only depends on both (SplitMix64's mixing).
    private func random(_ first: Int, _ second: Int) -> Int {
        var value = UInt64(first) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(second) &* 0xD1B5_4A32_D192_ED03
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) >> 2)
    }
}
