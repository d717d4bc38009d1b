import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Waste` {
    private static let nothing: [WasteKind: [LayerGraph.Index]] = [.dangling: [], .untagged: [], .orphaned: []]

    @Test func `an unnamed image that nothing was built from is dangling`() {
        var builder = GraphBuilder()
        _ = builder.source("engine")
        let base = builder.object(100)
        let none = builder.repository("<none>")
        let app = builder.item(.image, [base, builder.object(5)])
        let old = builder.item(.image, [base, builder.object(6)])
        let step = builder.item(.image, [base, builder.object(7)], isIntermediate: true)
        builder.hold(app, in: builder.repository("app"))
        builder.hold(old, in: none, named: false)
        builder.hold(step, in: none, named: false)
        let figures = computeFigures(builder.graph)
        #expect(figures.waste[.dangling] == [old])
        #expect(figures.waste[.untagged] == [])
        #expect(figures.wasteBySource[.dangling]?[0].exclusiveBytes == 6)
        #expect(figures.allWaste[0].exclusiveBytes == 6)
    }

    @Test func `what only waste shares goes when it goes together`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let common = builder.object(100)
        let first = builder.item(.image, [common, builder.object(1)])
        let second = builder.item(.image, [common, builder.object(2)])
        let lost = builder.item(.artifact, [common, builder.object(4)], subject: LayerGraph.missing)
        for item in [first, second, lost] { builder.hold(item, in: repository, named: false) }
        let figures = computeFigures(builder.graph)
        #expect(figures.waste[.untagged] == [first, second])
        #expect(figures.waste[.orphaned] == [lost])
        #expect(figures.items.map(\.exclusiveBytes) == [1, 2, 4])
        #expect(figures.wasteBySource[.untagged]?[0].exclusiveBytes == 3)
        #expect(figures.wasteBySource[.orphaned]?[0].exclusiveBytes == 4)
        // Not 1 + 2 + 4, and not 3 + 4: the common layer goes too.
        #expect(figures.allWaste[0].exclusiveBytes == 107)
    }

    @Test func `a tag keeps the children of its index and their referrers`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let image = builder.item(.image, [builder.object(1)])
        let inner = builder.item(.index, [builder.object(1, .index)], children: [image])
        let index = builder.item(.index, [builder.object(1, .index)], children: [inner])
        let signature = builder.item(.artifact, [builder.object(1)], subject: image)
        let counterSignature = builder.item(.artifact, [builder.object(1)], subject: signature)
        for item in [image, inner, index, signature, counterSignature] {
            builder.hold(item, in: repository, named: item == index)
        }
        #expect(computeFigures(builder.graph).waste == Self.nothing)
    }

    @Test func `a tag in another repository of the source keeps an image`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let image = builder.item(.image, [builder.object(1)])
        builder.hold(image, in: builder.repository("a"), named: false)
        builder.hold(image, in: builder.repository("b"), named: true)
        #expect(computeFigures(builder.graph).waste == Self.nothing)
    }

    @Test func `a signature's own tag does not save it once its image is gone`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let signature = builder.item(.artifact, [builder.object(3)], subject: LayerGraph.missing)
        let about = builder.item(.artifact, [builder.object(4)], subject: signature)
        builder.hold(signature, in: repository, named: true)
        builder.hold(about, in: repository, named: false)
        let figures = computeFigures(builder.graph)
        #expect(figures.waste[.orphaned] == [signature, about])
        #expect(figures.waste[.untagged] == [])
        #expect(figures.allWaste[0].exclusiveBytes == 7)
    }

    @Test func `an attestation that a tagged index lists is no waste, though its image is missing`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let attestation = builder.item(.attestation, [builder.object(3)], subject: LayerGraph.missing)
        let index = builder.item(.index, [builder.object(1, .index)], children: [attestation])
        builder.hold(index, in: repository)
        builder.hold(attestation, in: repository, named: false)
        #expect(computeFigures(builder.graph).waste == Self.nothing)
    }

    @Test func `a referrer of an untagged image is waste with it`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let image = builder.item(.image, [builder.object(3)])
        let signature = builder.item(.artifact, [builder.object(1)], subject: image)
        builder.hold(image, in: repository, named: false)
        builder.hold(signature, in: repository, named: false)
        #expect(computeFigures(builder.graph).waste[.untagged] == [image, signature])
    }

    @Test func `two referrers about each other keep nobody alive`() {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let repository = builder.repository("app")
        let one = builder.item(.artifact, [builder.object(3)])
        let other = builder.item(.artifact, [builder.object(1)], subject: one)
        builder.set(subject: other, of: one)
        for item in [one, other] { builder.hold(item, in: repository, named: false) }
        #expect(computeFigures(builder.graph).waste[.untagged] == [one, other])
    }
}
