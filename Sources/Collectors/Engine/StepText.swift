extension EngineImage.Step {
    /// What the text of a step tells of whether it made a layer, where the engine does not say.
    enum Verdict: Sendable {
        case layer
        case noLayer
        case unknown
    }

    private static let metadataInstructions: Set<String> = [
        "ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL",
        "STOPSIGNAL", "USER", "VOLUME",
    ]

    /// A step with bytes made a layer. One without bytes made none if its instruction changes metadata only; RUN,
    /// COPY, ADD and WORKDIR without bytes may have made a layer of size 0 (a folder, an empty file), or none.
    ///
    /// - Parameter trusting: also believe a bare keyword that no known builder wrote.
    func verdict(trusting: Bool) -> Verdict {
        if let isEmpty { return isEmpty ? .noLayer : .layer }
        if let bytes, bytes > 0 { return .layer }
        var text = Substring(instruction)
        var isMarked = comment.hasPrefix("buildkit.")
        if let mark = text.firstRange(of: "#(nop)") {
            text = text[mark.upperBound...]
            isMarked = true
        }
        let word = text.drop { $0 == " " }.prefix { $0 != " " }
        return (isMarked || trusting) && Self.metadataInstructions.contains(String(word)) ? .noLayer : .unknown
    }
}
