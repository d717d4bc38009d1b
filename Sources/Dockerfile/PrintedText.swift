/// A printed instruction, compared with a written one whose variables may stand for anything. Quotes, escapes and
/// blanks are left out on both sides: builders differ in which of them they print.
struct PrintedText {
    private let text: Scalars
    /// Old BuildKits cut names to 72 characters.
    private let isCut: Bool

    init(_ printed: String) {
        let scalars = Scalars(printed.unicodeScalars)
        isCut = scalars.suffix(3).elementsEqual("...".unicodeScalars)
        text = (isCut ? scalars.dropLast(3) : scalars[...]).filter { !Self.isLeftOut($0) }
    }

    private static func isLeftOut(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isSpace || scalar == "'" || scalar == "\"" || scalar == "\\" || scalar == "`"
    }

    func agrees(with written: String, escape: Unicode.Scalar) -> Bool {
        let parts = Self.literals(Scalars(written.unicodeScalars), escape)
        if match(parts, isPrefix: false) { return true }
        return isCut && match(parts, isPrefix: true)
    }

    /// What stands between variables.
    private static func literals(_ text: Scalars, _ escape: Unicode.Scalar) -> [Scalars] {
        var parts: [Scalars] = [[]]
        var at = 0
        while at < text.count {
            let scalar = text[at]
            at += 1
            if scalar == escape, at < text.count, text[at] == "$" {
                parts[parts.count - 1].append("$")
                at += 1
            } else if scalar == "$", let end = endOfVariable(text, at) {
                parts.append([])
                at = end
            } else if !isLeftOut(scalar) {
                parts[parts.count - 1].append(scalar)
            }
        }
        return parts
    }

    private static func endOfVariable(_ text: Scalars, _ start: Int) -> Int? {
        guard start < text.count else { return nil }
        if text[start] != "{" {
            let name = text[start...].prefix { $0.isLetter || $0.isDigit || $0 == "_" }
            if !name.isEmpty { return name.endIndex }
            return "@*#?-$!".unicodeScalars.contains(text[start]) ? start + 1 : nil
        }
        var depth = 0
        for at in start..<text.count {
            if text[at] == "{" { depth += 1 }
            if text[at] == "}" { depth -= 1 }
            if depth == 0 { return at + 1 }
        }
        return nil
    }

    /// Whether the parts stand in the text in this order, the first at its front and the last at its end. With
    /// `isPrefix` the text may end anywhere.
    private func match(_ parts: [Scalars], isPrefix: Bool) -> Bool {
        var rest = text[...]
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if index == 0 {
                guard let after = rest.after(part, isPrefix) else { return false }
                rest = after
                if isLast, !isPrefix { return rest.isEmpty }
            } else if isLast, !isPrefix {
                return rest.count >= part.count && rest.suffix(part.count).elementsEqual(part)
            } else if !part.isEmpty {
                guard let found = rest.firstRange(of: part) else { return isPrefix }
                rest = rest[found.upperBound...]
            }
        }
        return isPrefix
    }
}

extension ArraySlice<Unicode.Scalar> {
    /// What follows a part at the front; with `isPrefix` nothing, when the part is longer and begins with this.
    fileprivate func after(_ part: [Unicode.Scalar], _ isPrefix: Bool) -> Self? {
        if starts(with: part) { return dropFirst(part.count) }
        return isPrefix && part.starts(with: self) ? self[endIndex...] : nil
    }
}
