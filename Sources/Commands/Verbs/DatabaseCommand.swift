import ArgumentParser

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Start, stop and look at the database.",
        discussion: """
            Without --database and LAYERSCOPE_DATABASE_URL, Layerscope runs a PostgreSQL of its own under \
            LAYERSCOPE_HOME: on a Unix socket only, in a folder that you alone can enter, started on first use.

            EXAMPLES
              layerscope database status
              layerscope database stop
              psql "$(layerscope database url)"
            """,
        subcommands: [Start.self, Stop.self, Status.self, URL.self, Migrate.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract: "Start the embedded PostgreSQL, and bring its schema up to date.",
            discussion: """
                EXAMPLES
                  layerscope database start
                  LAYERSCOPE_HOME=/srv/layerscope layerscope database start
                """)

        func run() async throws { try await DatabaseRun().start() }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop",
            abstract: "Stop the embedded PostgreSQL. What it holds stays.",
            discussion: """
                EXAMPLES
                  layerscope database stop
                """)

        func run() async throws { try await DatabaseRun().stop() }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Tell which database is used, and whether it runs.",
            discussion: """
                Exit status 69 when it does not run.

                EXAMPLES
                  layerscope database status
                  layerscope database status --format json
                """)

        @OptionGroup var listing: ListingArguments
        @OptionGroup var database: DatabaseOptions

        func run() async throws { try await DatabaseRun().status(listing, database) }
    }

    struct URL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "url",
            abstract: "Print the database's URL, for psql and other programs.",
            discussion: """
                Starts the embedded PostgreSQL if it does not run.

                EXAMPLES
                  psql "$(layerscope database url)"
                """)

        @OptionGroup var database: DatabaseOptions

        func run() async throws { try await DatabaseRun().url(database) }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Bring the database's schema up to date.",
            discussion: """
                collect and database start do so, too; a database of your own may want it done by another role.

                EXAMPLES
                  layerscope database migrate
                  layerscope database migrate --database postgres://owner@db.example.org/layerscope
                """)

        @OptionGroup var database: DatabaseOptions

        func run() async throws { try await DatabaseRun().migrate(database) }
    }
}
