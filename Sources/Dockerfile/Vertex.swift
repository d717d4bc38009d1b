/// A step that BuildKit makes of an instruction and prints in its progress: `[build 2/5] RUN make`.
package struct Vertex: Sendable, Equatable {
    /// Index into ``Dockerfile/stages``.
    package var stage: Int
    /// Index into ``Dockerfile/instructions``.
    package var instruction: Int
    /// `2` of `2/5`.
    package var position: Int
    /// `5` of `2/5`. ONBUILD triggers of a base image raise it in a log; those are not in the file.
    package var total: Int
    /// As printed: `build`, `stage-1`; nil when the file makes only one.
    package var stageName: String?
    /// The instruction as printed, expanded. Of FROM it is what the file says; BuildKit prints the resolved reference.
    package var text: String
    /// Whether ``text`` and ``position`` depend on nothing that is not known (variables and folder of a base image).
    package var isCertain: Bool

    /// What BuildKit prints for a build of one platform (dockerfile2llb/convert.go, `prefixCommand`).
    package var name: String {
        let position = String(position)
        let total = String(total)
        let blanks = String(repeating: " ", count: max(0, total.count - position.count))
        return "[\(stageName.map { $0 + " " } ?? "")\(blanks)\(position)/\(total)] \(text)"
    }
}
