package import Figures
package import ImageModel

/// A POSIX shell script that makes a plan's deletions with a tool that people have.
///
/// It may be run twice: what is gone is told as gone. Before each deletion it looks whether the tags still lead to the
/// planned digest and whether other tags do, and leaves alone what moved. Names are hostile input here: they are quoted,
/// or, when they are no valid names, handed to no program at all. The script holds no secret.
package struct CleanupScript: Sendable, Equatable {
    /// What makes the deletions.
    package enum Tool: String, Sendable, CaseIterable {
        case curl
        case skopeo
        case regctl
        case crane
        case docker
        case podman

        /// Whether it deletes in an engine; otherwise in a registry.
        package var isEngine: Bool { self == .docker || self == .podman }
    }

    /// One line of the plan.
    package struct Deletion: Sendable, Equatable {
        package var action: CleanupPlan.Deletion.Action
        package var repository: String
        package var digest: Digest
        /// All names in the repository that go: tags, and an engine's names by digest (`sha256:…`).
        package var tags: [String]

        package init(
            action: CleanupPlan.Deletion.Action, repository: String, digest: Digest, tags: [String] = []
        ) {
            self.action = action
            self.repository = repository
            self.digest = digest
            self.tags = tags
        }
    }

    /// Why there is no such script, and what to do.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    package let tool: Tool
    /// `http[s]://host[:port]`; empty for an engine.
    package let registry: String
    package let collector: GarbageCollector
    /// In the order in which they are made.
    package var deletions: [Deletion]

    /// - Parameters:
    ///   - registry: the registry's URL, or its host for HTTPS; nil for an engine.
    ///   - collector: what frees the bytes afterwards.
    /// - Throws: ``Failure`` when the tool does not fit the source, or the address is none.
    package init(
        tool: Tool, registry: String? = nil, collector: GarbageCollector, deletions: [Deletion]
    ) throws(Failure) {
        guard tool.isEngine == (collector == .docker || collector == .podman) else {
            let fitting = Tool.allCases.filter { $0.isEngine != tool.isEngine }.map(\.rawValue)
            throw Failure(
                description:
                    "\(tool.rawValue) cannot delete there; choose one of \(fitting.joined(separator: ", "))")
        }
        self.tool = tool
        self.collector = collector
        self.deletions = deletions
        guard !tool.isEngine else {
            self.registry = ""
            return
        }
        guard let registry else {
            throw Failure(description: "a script for \(tool.rawValue) needs the registry's URL")
        }
        var host = Substring(registry)
        var scheme = "https"
        for known in ["https", "http"] where host.hasPrefix(known + "://") {
            scheme = known
            host = host.dropFirst(known.count + 3)
        }
        while host.last == "/" { host = host.dropLast() }
        guard !host.isEmpty, ImageReference.isWellFormedHost(host) else {
            throw Failure(
                description: "\(quoted(registry)) is no registry; expected http[s]://host[:port] without a path")
        }
        self.registry = "\(scheme)://\(host)"
    }
}
