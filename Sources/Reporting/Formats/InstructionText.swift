import Foundation

/// What made a layer, as a line that people can read.
package enum InstructionText {
    /// A history's `created_by` as the instruction that the user wrote: without the shell, the builder's marks and
    /// superfluous white space. `/bin/sh -c #(nop) ADD file:…` gives `ADD file:…`, `/bin/sh -c apt-get update` gives
    /// `RUN apt-get update`.
    package static func plain(_ createdBy: String) -> String { shortDigests(instruction(createdBy)) }

    /// Digests of 64 digits (`ADD file:…`) cut to twelve: more of them says nothing to people.
    private static func shortDigests(_ text: String) -> String {
        text.replacing(#/[0-9a-f]{64}/#) { "\($0.output.prefix(12))…" }
    }

    private static func instruction(_ createdBy: String) -> String {
        var text = createdBy.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.hasSuffix(" # buildkit") { text.removeLast(" # buildkit".count) }
        for shell in ["/bin/sh -c ", "/bin/bash -c ", "cmd /S /C "] {
            for prefix in [shell, "RUN " + shell] where text.hasPrefix(prefix) {
                let rest = text.dropFirst(prefix.count)
                return rest.hasPrefix("#(nop)")
                    ? String(rest.dropFirst("#(nop)".count).drop(while: { $0 == " " })) : "RUN " + rest
            }
        }
        // `|2 A=1 B=2 /bin/sh -c …`: build arguments before the shell.
        if text.hasPrefix("|") || text.hasPrefix("RUN |"), let shell = text.range(of: "/bin/sh -c ") {
            return "RUN " + text[shell.upperBound...]
        }
        return text
    }
}
