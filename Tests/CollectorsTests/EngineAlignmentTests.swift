import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Collectors

/// A layer's diffID made from a name.
private func diffID(_ name: String) -> Digest { Digest.of(Array(name.utf8)) }

private func step(_ bytes: Int64?, _ instruction: String, _ comment: String = "", isEmpty: Bool? = nil)
    -> EngineImage.Step
{
    EngineImage.Step(
        image: nil, created: 1, instruction: instruction, comment: comment, bytes: bytes, isEmpty: isEmpty)
}

private func image(_ layers: [String], _ history: [EngineImage.Step], total: Int64? = nil) -> EngineImage {
    EngineImage(
        digest: diffID("image of \(layers) \(history.count)"), platform: Platform(os: "linux", architecture: "amd64"),
        labels: [:], diffIDs: layers.map(diffID), history: history, layerBytes: total)
}

private func bytes(_ image: EngineImage) -> [Int64?] {
    LayerAlignment.align(image, known: image.diffIDs.map { _ in nil }).map(\.bytes)
}

struct EngineAlignmentTests {
    private static let nop = "/bin/sh -c #(nop) "

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var image: EngineImage
        var expected: [Int64?]
    }

    static let cases = [
        Case(testDescription: "nothing from scratch", image: image([], []), expected: []),
        Case(testDescription: "imported", image: image(["a"], [step(7, "")]), expected: [7]),
        Case(
            testDescription: "metadata makes no layer",
            image: image(["a", "b"], [step(7, ""), step(0, nop + " ENV A=b"), step(0, nop + "COPY x in y")]),
            expected: [7, 0]),
        Case(
            testDescription: "BuildKit's metadata too",
            image: image(
                ["a", "b"], [step(7, ""), step(0, "CMD [\"x\"]", "buildkit.dockerfile.v0"), step(0, "WORKDIR /w")]),
            expected: [7, 0]),
        Case(
            testDescription: "every alignment gives the same bytes",
            image: image(["a", "b"], [step(7, ""), step(0, "RUN x"), step(0, "RUN y")]), expected: [7, 0]),
        Case(
            testDescription: "two ways, two answers: not told",
            image: image(
                ["a", "b", "c"], [step(7, ""), step(0, "WORKDIR /w"), step(5, "COPY"), step(0, "WORKDIR /w")]),
            expected: [7, nil, nil]),
        Case(
            testDescription: "a bare keyword is believed when that decides",
            image: image(["a", "b", "c"], [step(7, ""), step(0, "RUN x"), step(5, "COPY"), step(0, "CMD y")]),
            expected: [7, 0, 5]),
        Case(
            testDescription: "squashed: only the last step made the last layer",
            image: image(
                ["a", "b"], [step(7, ""), step(0, "COPY x"), step(0, "RUN y"), step(9, "", "merge")], total: 16),
            expected: [7, 9]),
        Case(
            testDescription: "no history at all: one layer is what the image is",
            image: image(["a"], [], total: 12), expected: [12]),
        Case(
            testDescription: "no history at all, two layers: not told",
            image: image(["a", "b"], [], total: 12), expected: [nil, nil]),
        Case(
            testDescription: "history shorter than the layers: the rest of the total",
            image: image(["a", "b"], [step(7, "")], total: 12), expected: [7, 5]),
        Case(
            testDescription: "history shorter than the layers, nothing left",
            image: image(["a", "b", "c"], [step(7, "")], total: 7), expected: [7, 0, 0]),
        Case(
            testDescription: "marked steps are counted off",
            image: image(
                ["a", "b", "c"],
                [
                    step(7, "", isEmpty: false), step(0, "WORKDIR", isEmpty: true), step(5, "", isEmpty: false),
                    step(0, "RUN", isEmpty: false),
                ]),
            expected: [7, 5, 0]),
        Case(
            testDescription: "more steps with bytes than layers: not told",
            image: image(["a"], [step(7, ""), step(5, "")]), expected: [nil]),
    ]

    @Test(arguments: cases)
    func `bytes of layers`(_ one: Case) { #expect(bytes(one.image) == one.expected) }

    @Test func `what is told equals every alignment that fits, on random histories`() {
        var generator = SeededGenerator(seed: 4)
        var told = 0
        var untold = 0
        for round in 0..<3_000 {
            let steps = (0..<Int.random(in: 0...7, using: &generator)).map { position -> EngineImage.Step in
                let text = ["RUN x", "WORKDIR /w", Self.nop + "ENV a=b"][Int.random(in: 0...2, using: &generator)]
                let size: Int64 = text.contains("ENV") ? 0 : Int64.random(in: 0...2, using: &generator)
                return step(size, text + "\(round) \(position)")
            }
            let makers = steps.indices.filter { position in
                let isLayer = (steps[position].bytes ?? 0) > 0
                return isLayer || (!steps[position].instruction.contains("ENV") && Bool.random(using: &generator))
            }
            let subject = image(makers.map { "layer \($0)" }, steps)
            // Every choice of entries that could have made the layers, by brute force.
            var possible: [Set<Int64>] = makers.map { _ in [] }
            for choice in 0..<(1 << steps.count) {
                let chosen = steps.indices.filter { choice & (1 << $0) != 0 }
                guard chosen.count == makers.count,
                    steps.indices.allSatisfy({ position in
                        chosen.contains(position)
                            ? !steps[position].instruction.contains("ENV") : steps[position].bytes == 0
                    })
                else { continue }
                for (layer, position) in chosen.enumerated() { possible[layer].insert(steps[position].bytes ?? 0) }
            }
            for (layer, size) in bytes(subject).enumerated() {
                #expect(size == (possible[layer].count == 1 ? possible[layer].first : nil))
                if let size {
                    told += 1
                    #expect(size == steps[makers[layer]].bytes)
                } else {
                    untold += 1
                }
            }
        }
        #expect(told > 1_000 && untold > 100, "both kinds were tried: \(told), \(untold)")
    }

    @Test func `what one image tells of a layer holds for the others`() {
        let open = image(
            ["a", "b", "c"], [step(7, ""), step(0, "WORKDIR /w"), step(5, "COPY"), step(0, "WORKDIR /w")])
        let other = image(["a", "b"], [step(7, ""), step(0, "RUN y")])
        let sizes = LayerSizes([open, other])
        #expect(open.chain.map { sizes.bytes[$0] } == [7, 0, 5])
        #expect(sizes.unresolved.isEmpty)
        #expect(sizes.layers[0].map(\.step) == [0, 1, 2], "with the bytes, the steps are known too")
    }

    @Test func `known bytes do not end the search for the steps`() {
        // All layers but the first have size 0, whichever of the steps made them.
        let open = image(
            ["a", "b", "c"],
            [step(7, ""), step(0, "WORKDIR /w"), step(0, "COPY x"), step(0, "WORKDIR /w")])
        var sizes = LayerSizes([open])
        #expect(open.chain.map { sizes.bytes[$0] } == [7, 0, 0])
        #expect(sizes.layers[0].map(\.step) == [0, nil, nil])
        #expect(sizes.unresolved == [0])
        var marked = open
        for (position, isEmpty) in [false, false, false, true].enumerated() {
            marked.history[position].isEmpty = isEmpty
        }
        sizes.learn([0: marked])
        #expect(sizes.layers[0].map(\.step) == [0, 1, 2])
        #expect(sizes.unresolved.isEmpty)
    }

    @Test func `the image that a step ended in tells how many layers there were`() {
        var open = image(
            ["a", "b", "c"], [step(7, ""), step(0, "WORKDIR /w"), step(5, "COPY"), step(0, "WORKDIR /w")])
        let parent = image(["a"], [step(7, ""), step(0, "something else")])
        open.history[1].image = parent.digest
        let sizes = LayerSizes([open, parent])
        #expect(open.chain.map { sizes.bytes[$0] } == [7, 5, 0])
    }

    @Test func `an image whose history is the beginning of another's tells the same`() {
        let steps = [step(7, ""), step(0, "WORKDIR /w"), step(5, "COPY"), step(0, "WORKDIR /w")]
        let sizes = LayerSizes([image(["a", "b", "c"], steps), image(["a"], Array(steps[..<2]))])
        #expect(sizes.unresolved.isEmpty)
        #expect(sizes.bytes[ChainID.chain(of: ["a", "b"].map(diffID))[1]] == 5)
    }

    @Test func `the layer without any entry has size 0`() {
        let empty = Digest.of([UInt8](repeating: 0, count: 1024))
        var open = image(
            ["a", "b", "c"], [step(7, ""), step(0, "WORKDIR /w"), step(5, "COPY"), step(0, "WORKDIR /w")])
        open.diffIDs[1] = empty
        #expect(open.chain.map { LayerSizes([open]).bytes[$0] } == [7, 0, 5])
    }

    @Test func `the same diffID on another parent is another layer`() {
        let sizes = LayerSizes([
            image(["a", "x"], [step(7, ""), step(5, "COPY")]), image(["b", "x"], [step(8, ""), step(5, "COPY")]),
        ])
        #expect(sizes.bytes.count == 4)
    }
}
