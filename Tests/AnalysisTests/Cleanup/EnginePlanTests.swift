import Analysis
import Figures
import TestSupport
import Testing

/// What an engine keeps and removes along with what a plan names.
@Suite struct EnginePlanTests {
    @Test func `an engine's image stays as long as one that was built from it`() throws {
        var shop = Shop()
        let repository = shop.builder.repository("app")
        let layers = (0..<3).map { shop.builder.object(Int64(10 << $0)) }
        let base = shop.builder.item(.image, [layers[0]])
        let middle = shop.builder.item(.image, [layers[0], layers[1]])
        let top = shop.builder.item(.image, layers)
        for (item, name) in [(base, "base"), (middle, "middle"), (top, "top")] {
            shop.put(item, in: repository, [name])
        }
        shop.change = { $0.bases = [middle: base, top: middle] }
        for engine in [GarbageCollector.docker, .podman] {
            let refused = try shop.plan("base|middle", engine)
            #expect(refused.deletions.isEmpty && refused.freedBytes == 0)
            #expect(refused.refusals.map(\.blocker) == [.child, .child])
            #expect(refused.refusals.map(\.blockedBy) == ["app:top", "app:top"])
            let upper = try shop.plan("middle|top", engine)
            #expect(upper.deletions.map(\.item) == [top, middle] && upper.freedBytes == 60)
            #expect(try shop.plan(".*", engine).deletions.map(\.item) == [top, middle, base])
        }
        // A registry knows nothing of it.
        #expect(try shop.plan("base", .reach).deletions.map(\.item) == [base])
    }

    @Test func `an image between others that a container uses keeps its layers`() throws {
        var shop = Shop()
        let repository = shop.builder.repository("app")
        let layers = [shop.builder.object(10), shop.builder.object(20)]
        let app = shop.builder.item(.image, layers)
        shop.put(app, in: repository, ["1"])
        #expect(try shop.plan("1", .docker).freedBytes == 30)
        shop.change = { $0.usedObjects = [layers[0]] }
        #expect(try shop.plan("1", .docker).freedBytes == 20)
        #expect(try shop.plan("1", .docker).retainedBytes == 10)
    }
}
