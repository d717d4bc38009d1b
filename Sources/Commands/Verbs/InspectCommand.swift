import ArgumentParser
import Reporting

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show one image: metadata, layers with instruction and bytes, and who else holds each.",
        discussion: """
            IMAGE is a name (repository, repository:tag, repository@digest), a digest, an image ID, or a prefix of one \
            that is unique. Templates work on the document that docker inspect gives, with the byte figures added.

            EXAMPLES
              layerscope inspect debian:12
              layerscope inspect 4f1b0c8a2d3e
              layerscope inspect --format json team-a/app@sha256:9d78…
              layerscope inspect --format '{{.Architecture}} {{.Os}}' debian:12
              layerscope inspect --format '{{json .Config.Labels}} {{.ExclusiveBytes}}' team-a/app
            """)

    @Argument(help: ArgumentHelp("Image name, digest, image ID or unique prefix.", valueName: "image"))
    var images: [String]

    @Option(name: .long, help: ArgumentHelp("Only this source.", valueName: "name"))
    var source: String?

    @Option(name: .long, help: ArgumentHelp("Only this platform, such as linux/arm64.", valueName: "platform"))
    var platform: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("table, json, or a Go template such as '{{.Architecture}} {{.Os}}'.", valueName: "format"))
    var format = "table"

    @Flag(name: .customLong("no-trunc"), help: "Do not shorten digests, instructions and lists.")
    var noTruncation = false

    @Option(name: .long, help: ArgumentHelp("Units of sizes: si or iec.", valueName: "units"))
    var units: ByteUnits = .si

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let inspection = Inspection(
            images: images, source: source, platform: platform, format: format, isTruncated: !noTruncation,
            units: units)
        try await inspection.run(database)
    }
}
