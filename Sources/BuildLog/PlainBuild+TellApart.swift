internal import BuildModel

/// Telling the builds of a log apart.
extension PlainBuild {
    static func isField(_ rest: ArraySlice<UInt8>) -> Bool {
        guard case .digest = PlainField(rest) else { return false }
        return true
    }

    /// Whether only a build has a vertex of that name.
    static func isTelling(_ rest: ArraySlice<UInt8>) -> Bool {
        let step = StepName.parse(String(decoding: rest.prefix(nameLimit), as: UTF8.self))
        switch step.kind {
        case .instruction, .from: return step.position != nil
        case .internal, .context, .auth, .cacheImport: return true
        case .cacheExport, .export, .other: return false
        }
    }

    /// Whether a header is of a build that comes after this one: its number stands for another vertex, or numbering
    /// began anew with a vertex that had ended, as this build's first did.
    func isOtherBuild(_ plain: PlainLine) -> Bool {
        guard !isOldest || Self.isTelling(plain.rest), let index = indexes[plain.number], current != index,
            let known = vertices[index].name
        else { return false }
        let name = String(decoding: plain.rest.prefix(Self.nameLimit), as: UTF8.self)
        if vertices[index].names.contains(name) {
            guard plain.number == 1, vertices[index].ending != nil else { return false }
            let step = StepName.parse(name)
            return failure != nil || vertices.contains { $0.ending == .failed }
                || (Self.isPreparation(step.kind) && hasMovedOn && (isInterrupted || step.target == nil))
        }
        // Targets and stages that share a vertex call it by their own names, in brackets. The log may end inside one.
        let (text, knownText) = (StepName.parse(name).text, StepName.parse(known).text)
        return !knownText.hasPrefix(text) && !text.hasPrefix(knownText) && Self.isTelling(plain.rest)
    }

    /// Whether nothing that was begun is still open.
    var hasEnded: Bool { vertices.allSatisfy { $0.ending != nil } }

    /// Past its own preparations, which alone may be printed again.
    private var hasMovedOn: Bool {
        vertices.contains { vertex in
            vertex.name.map { !Self.isPreparation(StepName.parse($0).kind) } ?? false
        }
    }

    private static func isPreparation(_ kind: StepKind) -> Bool {
        [.internal, .auth, .context, .cacheImport].contains(kind)
    }
}
