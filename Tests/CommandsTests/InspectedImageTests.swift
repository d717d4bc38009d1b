import Figures
import Reporting
import Testing

@testable import Commands

@Suite struct InspectedImageTests {
    private static func image() throws -> InspectedImage {
        InspectedImage(
            source: "registry", digest: "sha256:d1", imageID: "sha256:c1", kind: "image", platform: "linux/arm64/v8",
            createdAt: nil, tags: ["app:1", "app:latest"], digests: ["app@sha256:d1"], repositories: ["app"],
            containers: nil, figures: [("apparent_bytes", .integer(120)), ("exclusive_bytes", .integer(20))],
            configuration: try JSONValue.parse(
                """
                {"architecture": "arm64", "os": "linux", "variant": "v8", "created": "2026-01-02T03:04:05Z",
                 "author": "me", "config": {"Labels": {"a": "b"}, "Cmd": ["sh"], "Env": null},
                 "history": [{"comment": "first"}, {"comment": "last"}], "rootfs": {}, "big": 9007199254740993}
                """),
            layers: [
                .init(
                    digest: "sha256:l1", diffID: "sha256:f1", bytes: 100, uncompressedBytes: 300, instruction: "ADD",
                    images: 2, holders: ["other:1"]),
                .init(digest: "sha256:l2", diffID: nil, bytes: nil, instruction: nil, images: 1, holders: []),
            ])
    }

    static let templates: [(String, String)] = [
        ("{{.Architecture}} {{.Os}}", "arm64 linux"),
        ("{{.Id}}", "sha256:c1"),
        ("{{.RepoTags}}", "[app:1 app:latest]"),
        ("{{index .RepoDigests 0}}", "app@sha256:d1"),
        ("{{json .Config.Labels}}", #"{"a":"b"}"#),
        ("{{index .Config.Labels \"a\"}}", "b"),
        ("{{.RootFS.Type}} {{len .RootFS.Layers}}", "layers 2"),
        ("{{.Size}}", "120"),
        ("{{.Created}} {{.Author}} {{.Comment}} {{.Variant}}", "2026-01-02T03:04:05Z me last v8"),
        ("{{join .Config.Cmd \",\"}}", "sh"),
        ("{{.ExclusiveBytes}} {{.Source}} {{.digest}}", "20 registry sha256:d1"),
        ("{{range .Layers}}{{.digest}}={{.images}};{{end}}", "sha256:l1=2;sha256:l2=1;"),
    ]

    @Test(arguments: templates.indices)
    func `templates see what docker inspect gives, and our figures`(number: Int) throws {
        let (template, expected) = Self.templates[number]
        #expect(try GoTemplate(template).render(Self.image().document) == expected)
    }

    @Test func `whole numbers of the configuration stay exact`() throws {
        #expect(
            try JSONValue.parse(#"{"a": [9007199254740993, 1.5, true, null]}"#)["a"]
                == .list([.integer(9_007_199_254_740_993), .real(1.5), .flag(true), .null]))
    }

    @Test func `an image without a configuration still has platform, layers and figures`() throws {
        var image = try Self.image()
        image.configuration = nil
        image.imageID = nil
        #expect(
            try GoTemplate("{{.Id}} {{.Os}}/{{.Architecture}} {{.Size}}").render(image.document)
                == "sha256:d1 linux/arm64 120")
    }
}
