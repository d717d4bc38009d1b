import ArgumentParser

/// The root command.
struct Layerscope: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerscope",
        abstract: "Where container-image storage goes, to the byte: what is stored, shared and wasted.",
        discussion: """
            Collect from engines, registries and archives, then ask. Data goes to standard output, everything else to \
            standard error.

            EXAMPLES
              layerscope collect engine
              layerscope collect registry registry.example.org
              layerscope usage --by repository
              layerscope report --output report

            EXIT STATUS
              0   done
              1   a rule or check failed
              2   done, but the data is incomplete
              64  wrong usage, configuration or SQL
              69  a source or the database cannot be reached
              70  an error inside layerscope
            """,
        version: LayerscopeVersion.current,
        groupedSubcommands: [
            CommandGroup(name: "Collect", subcommands: [CollectCommand.self, BuildCommand.self, SourcesCommand.self]),
            CommandGroup(
                name: "Ask",
                subcommands: [
                    ImagesCommand.self, LayersCommand.self, TagsCommand.self, InspectCommand.self, UsageCommand.self,
                    SharingCommand.self, DanglingCommand.self, PlanCommand.self, CacheCommand.self, ChurnCommand.self,
                    QueryCommand.self,
                ]),
            CommandGroup(name: "Ask of builds", subcommands: [BuildsCommand.self, StepsCommand.self]),
            CommandGroup(name: "Report", subcommands: [ReportCommand.self, ServeCommand.self]),
            CommandGroup(
                name: "Keep running",
                subcommands: [DatabaseCommand.self, DoctorCommand.self, CompletionCommand.self]),
        ])
}

/// The version of this build.
package enum LayerscopeVersion {
    /// Semantic version, without a leading `v`.
    package static let current = "0.1.0"
}
