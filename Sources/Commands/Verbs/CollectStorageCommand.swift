import ArgumentParser

struct CollectStorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Collect from a registry's own storage folder.",
        discussion: """
            Reads what the registry's API does not show: untagged manifests, blobs that nothing lists, uploads left \
            behind, links to blobs that are gone, when tags were pushed. Nothing is written, and the registry may go on.

            DIR is what the registry's configuration calls rootdirectory (distribution, Harbor; it holds \
            docker/registry/v2), or a folder of OCI layouts (zot), or one layout.

            With the name of a source that `collect registry` made, both describe one registry, and nothing counts twice.

            EXAMPLES
              layerscope collect storage /var/lib/registry
              layerscope collect storage /srv/harbor/registry --name registry.example.org
              layerscope collect storage /var/lib/zot --format json
            """)

    @Argument(help: ArgumentHelp("The storage folder.", valueName: "dir"), completion: .directory)
    var path: String

    @Option(
        name: .long,
        help: ArgumentHelp("The name that the source has or gets. Default: the folder's path.", valueName: "name"))
    var name: String?

    @OptionGroup var options: CollectOptions

    func validate() throws { try CollectJob.checkName(name) }

    func run() async throws {
        try await CollectRun(options).run { _ in CollectPlan(jobs: [CollectJob(name: name, storage: path)]) }
    }
}
