/// One thing that is advised for a Dockerfile.
package struct DockerfileAdvice: Sendable, Equatable {
    package var rule: Rule
    /// Lines of the Dockerfile, from 1.
    package var lines: ClosedRange<Int>
    /// What is so, and what it costs.
    package var reason: String
    /// What to do.
    package var advice: String
    /// Nanoseconds that it would have saved over the recorded builds; nil when that is not known.
    package var saved: Int64?

    package init(rule: Rule, lines: ClosedRange<Int>, reason: String, advice: String, saved: Int64? = nil) {
        self.rule = rule
        self.lines = lines
        self.reason = reason
        self.advice = advice
        self.saved = saved
    }

    /// The rules, by names that stay.
    package enum Rule: String, Sendable, CaseIterable {
        /// Something that seldom changes stands below something that often does, and could stand above it.
        case stableBelowChanging = "stable-below-changing"
        /// All sources are copied before dependencies are installed.
        case manifestsFirst = "copy-manifests-first"
        /// A layer removes what an earlier layer wrote: the bytes stay in the image.
        case removedInLaterLayer = "removed-in-later-layer"
        /// A package manager's lists or downloads stay in the layer.
        case packageCacheLeft = "package-cache-left"
        /// `chown -R` or `chmod -R` of what COPY wrote: the same bytes in two layers.
        case ownershipChangedLater = "ownership-changed-later"
        /// `apt-get update` in a layer of its own: installs after it may use lists of long ago.
        case updateAlone = "update-alone"
        /// A base image without a tag, or `latest`.
        case unpinnedBase = "unpinned-base"
        /// ADD of local files that are no archive.
        case addForCopy = "add-for-copy"
        /// A package manager whose downloads no cache mount keeps from build to build.
        case noCacheMount = "no-cache-mount"
        /// Compilers and headers stay in the final stage. A heuristic: programs may need them.
        case buildToolsLeft = "build-tools-left"
        /// The whole context is copied, and no `.dockerignore` narrows it.
        case wholeContext = "whole-context"

        /// The rule of hadolint that says the same or nearly, where there is one.
        package var hadolint: [String] {
            switch self {
            case .packageCacheLeft: ["DL3009", "DL3019", "DL3032", "DL3040"]
            case .unpinnedBase: ["DL3006", "DL3007"]
            case .addForCopy: ["DL3020"]
            default: []
            }
        }
    }
}
