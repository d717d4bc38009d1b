import Analysis
import Figures
import TestSupport
import Testing

@Suite struct `Duplicates` {
    @Test func `all copies but the smallest are counted`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let gzip = builder.object(50)
        let best = builder.object(30)
        let zstd = builder.object(40)
        let unknown = builder.object(nil)
        let single = builder.object(99)
        let gone = builder.object(10)
        let repository = builder.repository("app")
        for layer in [gzip, best, zstd, unknown, single] {
            builder.hold(builder.item(.image, [layer]), in: repository)
        }
        let graph = builder.graph
        let blobs = [(gzip, 0), (single, 1), (best, 0), (gone, 1), (zstd, 0), (unknown, 0), (zstd, 0)]
        let found = duplicates(
            graph, computeFigures(graph),
            blobs.map { BlobContent(object: $0.0, content: LayerGraph.Index($0.1)) })
        #expect(
            found == [
                Duplicate(content: 0, objects: [best, zstd, gzip, unknown], duplicateBytes: 90, unknownObjects: 1)
            ])
    }

    @Test func `most duplicate bytes come first`() {
        var builder = GraphBuilder()
        _ = builder.source()
        let repository = builder.repository("app")
        let blobs = [5, 5, 70, 80, 1, 1, 1].map { builder.object($0) }
        builder.hold(builder.item(.image, blobs), in: repository)
        let graph = builder.graph
        let contents: [LayerGraph.Index] = [4, 4, 9, 9, 2, 2, 2]
        let found = duplicates(
            graph, computeFigures(graph),
            zip(blobs, contents).map { BlobContent(object: $0, content: $1) })
        #expect(found.map(\.content) == [9, 4, 2])
        #expect(found.map(\.duplicateBytes) == [80, 5, 2])
        #expect(duplicates(graph, computeFigures(graph), []).isEmpty)
    }
}
