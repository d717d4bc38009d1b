extension NodeSplitter {
    /// The flags at the front (`--name=value`, quotes and escapes resolved), and what follows them. `--` ends them.
    func flags(of text: ArraySlice<Unicode.Scalar>) -> (flags: [String], rest: ArraySlice<Unicode.Scalar>) {
        var flags: [String] = []
        var rest = text.drop { $0.isSpace }
        while rest.starts(with: ["-", "-"]) {
            let (word, isQuoted, end) = flag(rest)
            rest = rest[end...]
            if word == "--" { break }
            if isQuoted || !word.isEmpty { flags.append(word) }
            rest = rest.drop { $0.isSpace }
        }
        return (flags, rest)
    }

    private func flag(_ text: ArraySlice<Unicode.Scalar>) -> (word: String, isQuoted: Bool, end: Int) {
        var word = Scalars()
        var quote: Unicode.Scalar?
        var isQuoted = false
        var at = text.startIndex
        while at < text.endIndex {
            var scalar = text[at]
            if quote == nil, scalar.isSpace { break }
            at += 1
            if let open = quote, scalar == open {
                quote = nil
                continue
            }
            if quote == nil, scalar == "'" || scalar == "\"" {
                quote = scalar
                isQuoted = true
                continue
            }
            if scalar == escape {
                // One at the very end stands for nothing.
                guard at < text.endIndex else { break }
                scalar = text[at]
                at += 1
            }
            word.append(scalar)
        }
        return (word.text, isQuoted, at)
    }

    /// Words parted by blanks outside quotes; quotes and escapes stay in them.
    func words(_ text: Scalars) -> [String] {
        var words: [String] = []
        var word = Scalars()
        var quote: Unicode.Scalar?
        var at = 0
        while at < text.count {
            var scalar = text[at]
            at += 1
            if quote == nil, scalar.isSpace {
                if !word.isEmpty { words.append(word.text) }
                word.removeAll(keepingCapacity: true)
                continue
            }
            if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            }
            if scalar == escape, quote != "'" {
                guard at < text.count else { break }
                word.append(scalar)
                scalar = text[at]
                at += 1
            }
            word.append(scalar)
        }
        if !word.isEmpty { words.append(word.text) }
        return words
    }

    /// Words parted by blanks, without regard to quotes.
    func list(_ text: Scalars) -> [String] {
        text.split(whereSeparator: \.isGap).map(\.text)
    }

    /// Name, value and separator for each variable. `NAME value` when the first word has no `=`, then everything after
    /// the name is the value.
    func pairs(_ text: Scalars, _ keyword: String) throws(DockerfileError) -> [String] {
        let words = words(text)
        guard let first = words.first else { return [] }
        if !first.unicodeScalars.contains("=") {
            let name = text.prefix { !$0.isGap }
            guard name.endIndex < text.endIndex else {
                throw DockerfileError(line: line, .instruction(keyword: keyword, "\(first) has no value"))
            }
            return [name.text, text[name.endIndex...].drop { $0.isGap }.text, ""]
        }
        var pairs: [String] = []
        for word in words {
            let scalars = Scalars(word.unicodeScalars)
            guard let equals = scalars.firstIndex(of: "=") else {
                throw DockerfileError(
                    line: line, .instruction(keyword: keyword, "\(word) has no =; write name=value"))
            }
            pairs += [scalars[..<equals].text, scalars[(equals + 1)...].text, "="]
        }
        return pairs
    }
}
