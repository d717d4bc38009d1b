import BuildModel
import Database
import Figures
import Foundation
import Reporting

/// Reads builds from files, adds them to the database and prints them.
struct BuildLogRun {
    let files: [String]
    let options: BuildOptions
    let metadataFile: String?
    let limit: RateLimit
    let format: String
    let database: DatabaseOptions

    /// Throws ``CommandFailure`` with the run's status when that is not "done".
    func run() async throws {
        let output = try Output(format: format, options: ListingOptions(noTrunc: true))
        var input = BuildInput()
        for file in files { input.read(file, options) }
        for problem in input.problems { StandardError.warn(problem) }
        if !input.found.isEmpty {
            let recording = BuildRecording(source: options.name, builds: input.found.map(\.build))
            let configuration = try database.configuration.load()
            let database = try await database.open(configuration)
            do { try await recording.record(in: database) } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
        try output.print(
            Listing(
                BuildRows.table(input.found),
                shown: [
                    "project", "target", "result", "vertices", "cached_vertices", "steps", "hits", "misses", "hit_rate",
                    "duration_seconds",
                ], headings: ["duration_seconds": "SECONDS", "cached_vertices": "CACHED"], identifier: "file"))
        try limit.check(
            input.found.map { file, build in
                (
                    name: [file, build.target ?? ""].filter { !$0.isEmpty }.joined(separator: " "),
                    rate: BuildRows.rate(build.hits, build.misses).real
                )
            })
        if input.unopened == files.count { throw CommandFailure(.unavailable) }
        if !input.problems.isEmpty { throw CommandFailure(.incomplete) }
    }
}
