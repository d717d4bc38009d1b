/// The language is read scalar by scalar, as BuildKit does it: a `Character` would join CR with LF and a quote with an
/// accent that follows it.
typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
    /// White space of Unicode (Go's `unicode.IsSpace`).
    var isSpace: Bool { value < 0x80 ? (value >= 9 && value <= 13) || value == 32 : properties.isWhitespace }

    /// What parts words at the lowest level: `[\t\v\f\r ]`.
    var isGap: Bool { value == 32 || value == 9 || (value >= 11 && value <= 13) }

    var isDigit: Bool {
        value < 0x80 ? value >= 48 && value <= 57 : properties.generalCategory == .decimalNumber
    }

    var isLetter: Bool {
        if value < 0x80 { return (value | 32) >= 97 && (value | 32) <= 122 }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }
}

extension RandomAccessCollection<Unicode.Scalar> {
    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: self)
        return String(view)
    }

    /// Without white space at its ends.
    var trimmed: SubSequence {
        var end = endIndex
        while end > startIndex, self[index(before: end)].isSpace { end = index(before: end) }
        return self[startIndex..<end].drop { $0.isSpace }
    }
}
