/// An image of an example report.
struct ExampleImage: Codable, Sendable {
    struct Layer: Codable, Sendable {
        var digest: String
        var bytes: Int64
        var instruction: String

        init(_ digest: String, _ bytes: Int64, _ instruction: String) {
            self.digest = digest
            self.bytes = bytes
            self.instruction = instruction
        }

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            digest = try values.decode(String.self)
            bytes = try values.decode(Int64.self)
            instruction = try values.decode(String.self)
        }
    }

    var repository: String
    var tags: [String]
    var platform: String
    var created: String?
    var digest: String
    var layers: [Layer]
}

/// Images that share as real ones do: a few bases, runtimes on them, applications on those; the same each time.
enum ExampleImages {
    /// Numbers that look random and are the same in every run (Marsaglia, "Xorshift RNGs").
    struct Dice {
        var state: UInt64 = 88_172_645_463_325_252

        mutating func roll(_ sides: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(sides))
        }

        mutating func digest() -> String {
            let digits = (0..<4).map { _ -> String in
                let part = String(UInt64(roll(Int.max)), radix: 16)
                return String(repeating: "0", count: 16 - part.count) + part
            }
            return "sha256:" + digits.joined()
        }
    }

    static func make(_ count: Int) -> [ExampleImage] {
        var dice = Dice()
        func layer(_ instruction: String, most: Int) -> ExampleImage.Layer {
            .init(dice.digest(), Int64(dice.roll(most) + 200), instruction)
        }
        let bases = ["debian", "alpine", "ubuntu", "fedora", "busybox"].map { name in
            (name, layer("/bin/sh -c #(nop) ADD file:\(name) in / ", most: name == "alpine" ? 4_000_000 : 80_000_000))
        }
        let runtimes = (0..<max(3, count / 60)).map { index in
            let base = bases[dice.roll(bases.count)]
            return (
                "\(["python", "node", "openjdk", "ruby", "go", "php"][index % 6])\(index / 6 == 0 ? "" : "-\(index / 6)")",
                [base.1, layer("/bin/sh -c apt-get update && apt-get install -y tool-\(index)", most: 90_000_000)]
            )
        }
        var images: [ExampleImage] = []
        while images.count < count {
            let runtime = runtimes[dice.roll(runtimes.count)]
            var layers = runtime.1
            for step in 0..<(1 + dice.roll(6)) {
                layers.append(layer("COPY step-\(step) /srv/app # buildkit", most: step == 0 ? 60_000_000 : 900_000))
            }
            let month = 1 + dice.roll(9)
            images.append(
                .init(
                    repository: images.count % 7 == 0
                        ? runtime.0 : "team-\(images.count % 5)/app-\(images.count % 140)",
                    tags: images.count % 11 == 3 ? [] : ["1.\(images.count)", "latest"],
                    platform: images.count % 4 == 0 ? "linux/arm64/v8" : "linux/amd64",
                    created: "2026-0\(month)-11T08:00:00Z", digest: dice.digest(), layers: layers))
        }
        return images
    }
}
