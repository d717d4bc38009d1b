/// Reads where a list goes on (`Link`, RFC 8288; distribution-spec, "Listing Tags").
enum LinkHeader {
    /// What a header says of the next page.
    enum Next: Equatable {
        case end
        /// Path and query. A registry behind a proxy may name another scheme or host than it is reached by, so the
        /// origin stays.
        case page(String)
        /// There is a next page, but its address is none.
        case unusable
    }

    /// The page after the one at `path`.
    static func next(_ values: [String], after path: String) -> Next {
        for value in values.prefix(10) {
            var rest = Substring(value.prefix(16384))
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                let after = rest[rest.index(after: close)...]
                let parameters = after.prefix { $0 != "<" }
                if isNext(parameters) { return resolve(target, against: path).map { .page($0) } ?? .unusable }
                rest = after
            }
        }
        return .end
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split { $0 == ";" || $0 == "," }.contains { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }).lowercased() == "rel" else { return false }
            return parts[1].split { "\" \t".contains($0) }.contains { $0.lowercased() == "next" }
        }
    }

    /// RFC 3986, section 5.2, as far as addresses of lists need it. Nil for what is no address.
    static func resolve(_ target: Substring, against path: String) -> String? {
        var rest = target.prefix { $0 != "#" }
        guard rest.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        for scheme in ["https://", "http://", "//"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            return rest.hasPrefix("/") ? String(rest) : nil
        }
        if rest.hasPrefix("/") { return String(rest) }
        let here = path.prefix { $0 != "?" }
        if rest.hasPrefix("?") { return here + String(rest) }
        guard !rest.isEmpty, !rest.prefix(while: { $0 != "/" && $0 != "?" }).contains(":"),
            let slash = here.lastIndex(of: "/")
        else { return nil }
        return here[...slash] + String(rest)
    }
}
