import Database

/// Removes sources and all that was collected from them from the database.
struct SourceRemoval {
    let names: [String]
    let database: DatabaseOptions

    func run() async throws {
        try await database.read { reader in
            for name in names {
                try await reader.database.removeSource(name)
                StandardError.line("removed \(name)")
            }
        }
    }
}
