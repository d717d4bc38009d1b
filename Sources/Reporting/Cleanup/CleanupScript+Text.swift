import Figures
import Foundation
import ImageModel

extension CleanupScript {
    /// The whole script, to be run by `sh`. It ends with 0 when everything that was to go is gone, with 1 otherwise, and
    /// with 69 or 77 when nothing could be begun.
    package var text: String {
        var parts = [heading]
        parts.append(asset(PackageResources.cleanup_start_sh))
        if tool.isEngine {
            parts.append("engine=\(tool.rawValue)\n" + asset(PackageResources.cleanup_engine_sh))
        } else {
            parts.append(
                "registry=\(Self.quote(registry))\n" + asset(PackageResources.cleanup_registry_sh) + "\n"
                    + asset(toolAsset))
        }
        parts.append(deletions.map { line($0) + "\n" }.joined())
        parts.append(ending)
        return parts.joined(separator: "\n")
    }

    private var heading: String {
        let place = tool.isEngine ? "the engine that \(tool.rawValue) talks to" : registry
        return """
            #!/bin/sh
            # A clean-up of \(place) with \(tool.rawValue), planned by layerscope: \(deletions.count) deletions.
            # Read it, then run it: sh FILE. It may be run again: what is gone already is passed over. What was moved
            # since the plan was made is left alone and told. Push nothing there meanwhile.

            """
    }

    private func asset(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private var toolAsset: [UInt8] {
        switch tool {
        case .curl, .docker, .podman: PackageResources.cleanup_curl_sh
        case .skopeo: PackageResources.cleanup_skopeo_sh
        case .regctl: PackageResources.cleanup_regctl_sh
        case .crane: PackageResources.cleanup_crane_sh
        }
    }

    private func line(_ deletion: Deletion) -> String {
        guard isUsable(deletion) else {
            let name = TerminalText.harmless("\(deletion.repository) (\(deletion.tags.joined(separator: ", ")))")
            return "unusable " + Self.quote(name)
        }
        let words = [deletion.repository, deletion.digest.description] + deletion.tags
        return "\(deletion.action.rawValue) " + words.map(Self.quote).joined(separator: " ")
    }

    /// Whether the names are such as registries and engines have. Others never came from one.
    private func isUsable(_ deletion: Deletion) -> Bool {
        guard tool.isEngine else {
            return ImageReference.isPath(deletion.repository)
                && deletion.tags.allSatisfy { ImageReference.isTag($0) }
        }
        // An engine's images without a name.
        if deletion.repository == "<none>" { return deletion.action == .delete && deletion.tags.isEmpty }
        guard (try? ImageReference(deletion.repository + ":x")) != nil else { return false }
        return deletion.tags.allSatisfy { $0.contains(":") ? (try? Digest($0)) != nil : ImageReference.isTag($0) }
    }

    /// A text as one word of a POSIX shell, whatever is in it. NUL, which no shell takes, is left out.
    static func quote(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "\0", with: "").replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
