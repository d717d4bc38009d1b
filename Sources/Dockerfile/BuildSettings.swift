/// What a build was given beside its Dockerfile: all that variables depend on.
package struct BuildSettings: Sendable, Equatable {
    /// Of `--build-arg`.
    package var arguments: [String: String]
    /// Of `--target`; nil means the last stage.
    package var target: String?
    /// `os/architecture[/variant]`.
    package var buildPlatform: String
    package var targetPlatform: String
    /// The variables of base images, by the name that FROM gives after expansion. A base without an entry has
    /// variables that nobody knows, and texts that need them are not certain.
    package var baseEnvironments: [String: [String: String]]

    package init(
        arguments: [String: String] = [:], target: String? = nil, buildPlatform: String = "linux/amd64",
        targetPlatform: String = "linux/amd64", baseEnvironments: [String: [String: String]] = [:]
    ) {
        self.arguments = arguments
        self.target = target
        self.buildPlatform = buildPlatform
        self.targetPlatform = targetPlatform
        self.baseEnvironments = baseEnvironments
    }

    /// The arguments that every Dockerfile has before its first line (dockerfile2llb/platform.go, `defaultArgs`).
    func predefined(lastStage: String?) -> [String: String] {
        var values = ["TARGETSTAGE": target ?? lastStage ?? "default"]
        for (prefix, platform) in [("BUILD", buildPlatform), ("TARGET", targetPlatform)] {
            let parts = platform.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            values[prefix + "PLATFORM"] = platform
            values[prefix + "OS"] = parts[0]
            values[prefix + "OSVERSION"] = ""
            values[prefix + "ARCH"] = parts.count > 1 ? parts[1] : ""
            values[prefix + "VARIANT"] = parts.count > 2 ? parts[2] : ""
        }
        return values.merging(arguments) { mine, given in given }.filter { values[$0.key] != nil }
    }
}
