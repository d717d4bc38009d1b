/// The parts of a step's name in BuildKit's progress: `[linux/arm64 build  2/12] ONBUILD RUN make`.
package struct VertexLabel: Sendable, Equatable {
    /// The words before the position: platform, target of a bake file, stage. The stage is the last one.
    package var prefixes: [String]
    package var position: Int
    package var total: Int
    package var isOnBuild: Bool
    /// The instruction.
    package var text: String

    /// Nil for names of another form, as `[internal] load build context`.
    package init?(_ name: String) {
        guard name.unicodeScalars.first == "[", let end = name.unicodeScalars.firstIndex(of: "]") else { return nil }
        var words = name.unicodeScalars[..<end].dropFirst().split(separator: " ").map { String($0) }
        guard let last = words.popLast() else { return nil }
        let numbers = last.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, let position = Int(numbers[0]), let total = Int(numbers[1]), position > 0,
            position <= total
        else { return nil }
        var text = String(name.unicodeScalars[end...].dropFirst()).unicodeScalars.drop { $0 == " " }
        isOnBuild = text.starts(with: "ONBUILD ".unicodeScalars)
        if isOnBuild { text = text.dropFirst(8) }
        // COPY --link prints a second step for the merge.
        if text.starts(with: "LINK ".unicodeScalars) { text = text.dropFirst(5) }
        prefixes = words
        self.position = position
        self.total = total
        self.text = String(text)
    }
}
