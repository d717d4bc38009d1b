import ArgumentParser
import Reporting

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the storage report: HTML, CSV, JSON and Markdown.",
        discussion: """
            report.html is self-contained: it asks nothing from anywhere and works from a file. Files of an earlier \
            report in the same folder are replaced.

            EXAMPLES
              layerscope report
              layerscope report --output /srv/www/storage --title 'Image storage'
              layerscope report --source build-host --units iec
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The folder to write to. Default: what layerscope.yml says, or report.", valueName: "folder"),
        completion: .directory)
    var output: String?

    @Option(name: .long, help: ArgumentHelp("The report's heading.", valueName: "text"))
    var title: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only this source. Repeatable.", valueName: "name"))
    var source: [String] = []

    @Option(name: .long, help: ArgumentHelp("Units of sizes: si or iec.", valueName: "units"))
    var units: ByteUnits?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await ReportRun(output: output, title: title, sources: source, units: units, database: database).run()
    }
}
