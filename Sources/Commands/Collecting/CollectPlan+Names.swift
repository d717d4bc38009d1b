import ImageModel

extension CollectPlan {
    /// Refuses names that were taken from where archives lie and do not tell one from another: two archives never take
    /// each other's place unless they were given the same name. Throws ``CommandFailure`` (usage).
    func checkNames() throws {
        var places: [String: String] = [:]
        for job in jobs {
            guard let place = job.namedAfter else { continue }
            guard SourceConfiguration.isSourceName(job.name) else {
                throw CommandFailure(.usage, "\(quoted(place)) gives no name for a source; give it one with --name")
            }
            if let other = places[job.name], other != place {
                throw CommandFailure(
                    .usage,
                    "\(quoted(other)) and \(quoted(place)) are both called \(job.name); "
                        + "collect each by itself, with --name")
            }
            places[job.name] = place
        }
    }

    /// As ``checkNames()``, against the sources that the database has.
    func checkNames(knownTo reader: Reader) async throws {
        for job in jobs {
            guard let place = job.namedAfter, let known = try await reader.location(of: job.name), known != place else {
                continue
            }
            throw CommandFailure(
                .usage,
                "there is a source \(job.name) already, collected from \(quoted(known)); give \(quoted(place)) "
                    + "another name with --name, or --name \(job.name) to take its place")
        }
    }
}
