import Analysis
import Figures
import TestSupport
import Testing

@Suite struct BaseImageTests {
    @Test func `the lowest named image below is the base`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("a")
        let layers = (0..<5).map { _ in builder.object(10) }
        let debian = builder.item(.image, [layers[0]])
        let middle = builder.item(.image, [layers[0], layers[1]])
        let app = builder.item(.image, [layers[0], layers[1], layers[2]])
        let other = builder.item(.image, [layers[3]])
        let scratch = builder.item(.image, [])
        let untagged = builder.item(.image, [layers[0], layers[4]])
        for item in [debian, middle, app, other, scratch] { builder.hold(item, in: repository) }
        builder.hold(untagged, in: repository, named: false)
        let none = LayerGraph.none
        #expect(baseImages(builder.graph) == [debian, debian, debian, none, none, debian])
    }

    @Test func `an image without a name is no base, its children's names count`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("a")
        let (first, second) = (builder.object(10), builder.object(10))
        let base = builder.item(.image, [first])
        let app = builder.item(.image, [first, second])
        builder.hold(base, in: repository, named: false)
        builder.hold(app, in: repository)
        #expect(baseImages(builder.graph) == [LayerGraph.none, LayerGraph.none])
        let index = builder.item(.index, [builder.object(1, .index)], children: [base])
        builder.hold(index, in: repository)
        let attestation = builder.item(.attestation, [builder.object(1, .blob)], subject: app)
        builder.hold(attestation, in: repository, named: false)
        #expect(baseImages(builder.graph) == [base, base, base, base])
    }

    @Test func `manifests and configurations are no layers, and a layer may stand twice`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("a")
        let layer = builder.object(10)
        let base = builder.item(.image, [builder.object(1, .manifest), builder.object(1, .configuration), layer])
        let app = builder.item(.image, [builder.object(1, .manifest), builder.object(1, .configuration), layer, layer])
        for item in [base, app] { builder.hold(item, in: repository) }
        #expect(baseImages(builder.graph) == [base, base])
    }
}
