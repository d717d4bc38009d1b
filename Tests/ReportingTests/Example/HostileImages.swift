/// Names that someone may push to make a report do what it should not.
enum HostileImages {
    static let names = [
        "<script>window.injected=1</script>", "\"><img src=x onerror=window.injected=1>",
        "'onmouseover='window.injected=1",
        "</script><script>window.injected=1</script>", "<!--<script>", "{{7*7}}{{{title}}}",
        "javascript:window.injected=1",
        "\u{202e}gnp.egami", "nul\0byte", "🐳 whale & cargo", "=HYPERLINK(\"http://evil.invalid\")",
        "<link rel=stylesheet href=http://evil.invalid/x.css>", "<img src=http://evil.invalid/x.png>",
        "#images-table:%22",
        String(repeating: "long", count: 60), "\u{2028}line\u{2029}",
    ]

    static func make() -> [ExampleImage] {
        names.enumerated().map { index, name in
            ExampleImage(
                repository: name, tags: [name, "latest"], platform: name, created: nil,
                digest: "sha256:" + String(repeating: String(index % 10), count: 64),
                layers: [
                    .init("sha256:" + String(repeating: "a", count: 64), 50_000_000, "ADD \(name)"),
                    .init("sha256:" + String(repeating: String(index % 10), count: 63) + "b", 1_000_000, "RUN \(name)"),
                    .init("sha256:" + String(repeating: String(index % 10), count: 63) + "c", 40_000_000, name),
                ])
        }
    }
}
