import Foundation
import ImageModel
import TestSupport
import Testing

/// A database with two archives in it, built once for a suite and stopped after it.
struct World: Sendable {
    let tool: Tool
    /// Every blob that the layout keeps for the images and the nameless one, by digest.
    let bytes: [String: Int64]
    let app: ImageBuilder.Image
    let web: ImageBuilder.Image
    let base: ImageBuilder.Image
    let nameless: ImageBuilder.Image

    @TaskLocal static var current: World?

    static var shared: World {
        get throws { try #require(current, "the suite has no world; add the trait .world") }
    }

    /// The archives, in the tool's folder; the first is collected as the source `layout`.
    static let layout = "layout.tar"
    static let saved = "saved.tar"

    static func build() async throws -> World {
        let tool = try Tool()
        var builder = ImageBuilder()
        let debian = try builder.layer(named: "debian", bytes: 40_000, instruction: "ADD rootfs.tar / # buildkit")
        let library = try builder.layer(named: "library", bytes: 20_000, instruction: "RUN apt-get install")
        let first = try builder.layer(named: "first", bytes: 5_000, instruction: "COPY app /")
        let second = try builder.layer(named: "second", bytes: 3_000, instruction: "COPY web /")
        let lost = try builder.layer(named: "lost", bytes: 7_000, instruction: "COPY old /")
        let base = try builder.image([debian], labels: ["vendor": "us"])
        let app = try builder.image([debian, library, first], labels: ["vendor": "us", "team": "a"])
        let web = try builder.image([debian, library, second], labels: ["team": "b"])
        let nameless = try builder.image([debian, lost])
        try tool.folder.write(
            try builder.layoutTar([
                (base.descriptor, .reference("library/debian:12")), (app.descriptor, .reference("team-a/app:1")),
                (app.descriptor, .reference("team-a/app:latest")), (web.descriptor, .reference("team-b/web:1")),
                (nameless.descriptor, .none),
            ]), to: layout)
        var other = ImageBuilder()
        let busybox = try other.layer(named: "busybox", bytes: 9_000, instruction: "ADD busybox / # buildkit")
        let tiny = try other.image([busybox])
        try tool.folder.write(
            try other.dockerArchive([(tiny, tags: ["=cmd|'/c calc'!A0:1"])], format: .folders), to: "hostile.tar")
        try tool.folder.write(try other.dockerArchive([(tiny, tags: ["busybox:1.36"])], format: .flat), to: saved)
        let bytes = Dictionary(
            uniqueKeysWithValues: builder.blobs.map { ($0.key.description, Int64($0.value.count)) })
        let collected = try await tool.run("collect", "archive", layout, "--name", "layout")
        try #require(collected.status == 0, "\(collected.errors)")
        return World(tool: tool, bytes: bytes, app: app, web: web, base: base, nameless: nameless)
    }

    /// Bytes of an image's own objects.
    func bytes(_ image: ImageBuilder.Image) -> Int64 {
        objects(image).reduce(0) { $0 + (bytes[$1] ?? 0) }
    }

    /// The digests of an image's own objects.
    func objects(_ image: ImageBuilder.Image) -> Set<String> {
        Set(([image.digest, image.imageID] + image.layers.map(\.descriptor.digest)).map(\.description))
    }

    /// Bytes of what images hold together, each object once.
    func stored(_ images: [ImageBuilder.Image]) -> Int64 {
        images.reduce(into: Set<String>()) { $0.formUnion(objects($1)) }.reduce(0) { $0 + (bytes[$1] ?? 0) }
    }
}

/// Builds a ``World`` for a suite.
struct WorldTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let world = try await World.build()
        do {
            try await World.$current.withValue(world) { try await function() }
        } catch {
            try await world.tool.stop()
            throw error
        }
        try await world.tool.stop()
    }
}

extension Trait where Self == WorldTrait {
    static var world: Self { WorldTrait() }
}
