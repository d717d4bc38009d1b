/// The functions of Go's text/template and those that the docker command adds: `json`, `split`, `join`, `title`,
/// `lower`, `upper`, `pad`, `truncate`; and `bytes`, which prints a number of bytes as sizes are printed here.
enum GoTemplateFunction {
    private static let names: Set<String> = [
        "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "print", "printf", "println",
        "html", "urlquery", "json", "split", "join", "title", "lower", "upper", "pad", "truncate", "bytes",
    ]

    static func exists(_ name: String) -> Bool { names.contains(name) }

    /// Carries out a function on its arguments. The message of a throw has no place; the caller adds it.
    static func call(
        _ name: String, _ arguments: [JSONValue], units: ByteUnits
    ) throws(GoTemplateMessage) -> JSONValue {
        switch name {
        case "and", "or":
            try expect(name, arguments, atLeast: 1)
            for value in arguments where value.isTrue == (name == "or") { return value }
            return arguments.last ?? .null
        case "not":
            try expect(name, arguments, exactly: 1)
            return .flag(!arguments[0].isTrue)
        case "eq":
            try expect(name, arguments, atLeast: 2)
            for value in arguments.dropFirst() where try equal(arguments[0], value) { return .flag(true) }
            return .flag(false)
        case "ne":
            try expect(name, arguments, exactly: 2)
            return .flag(!(try equal(arguments[0], arguments[1])))
        case "lt", "le", "gt", "ge":
            try expect(name, arguments, exactly: 2)
            return .flag(try ordered(name, arguments[0], arguments[1]))
        case "len":
            try expect(name, arguments, exactly: 1)
            return .integer(try length(arguments[0]))
        case "index": return try index(arguments)
        case "slice": return try slice(arguments)
        case "print", "println": return .text(printed(arguments, line: name == "println"))
        case "printf":
            try expect(name, arguments, atLeast: 1)
            return .text(try GoTemplatePrintf.format(try text(name, arguments[0]), Array(arguments.dropFirst())))
        case "html": return .text(HTML.escape(printed(arguments, line: false)))
        case "urlquery": return .text(HTML.queryEscape(printed(arguments, line: false)))
        case "json":
            try expect(name, arguments, exactly: 1)
            return .text(arguments[0].json)
        case "bytes":
            try expect(name, arguments, exactly: 1)
            guard case .integer(let bytes) = arguments[0] else {
                if arguments[0] == .null { return .text("N/A") }
                throw .init("bytes wants a whole number, not \(arguments[0].kindName)")
            }
            return .text(ByteFormat.human(bytes, units: units))
        default: return try callText(name, arguments)
        }
    }

    private static func callText(_ name: String, _ arguments: [JSONValue]) throws(GoTemplateMessage) -> JSONValue {
        switch name {
        case "upper", "lower", "title":
            try expect(name, arguments, exactly: 1)
            let text = try text(name, arguments[0])
            if name == "title" { return .text(titled(text)) }
            return .text(name == "upper" ? text.uppercased() : text.lowercased())
        case "split":
            try expect(name, arguments, exactly: 2)
            let (whole, separator) = (try text(name, arguments[0]), try text(name, arguments[1]))
            if separator.isEmpty { return .list(whole.map { .text(String($0)) }) }
            return .list(whole.split(separator: separator, omittingEmptySubsequences: false).map { .text(String($0)) })
        case "join":
            try expect(name, arguments, exactly: 2)
            let separator = try text(name, arguments[1])
            if arguments[0] == .null { return .text("") }
            guard case .list(let values) = arguments[0] else {
                throw .init("join wants a list, not \(arguments[0].kindName)")
            }
            return .text(values.map(\.printed).joined(separator: separator))
        case "pad":
            try expect(name, arguments, exactly: 3)
            let text = try text(name, arguments[0])
            if text.isEmpty { return .text("") }
            let (before, after) = (try count(name, arguments[1]), try count(name, arguments[2]))
            return .text(String(repeating: " ", count: before) + text + String(repeating: " ", count: after))
        case "truncate":
            try expect(name, arguments, exactly: 2)
            return .text(String(try text(name, arguments[0]).prefix(try count(name, arguments[1]))))
        default: throw .init("function \"\(name)\" not defined")
        }
    }

    static func expect(
        _ name: String, _ arguments: [JSONValue], exactly count: Int
    ) throws(GoTemplateMessage) {
        guard arguments.count == count else {
            throw .init("wrong number of arguments for \(name): want \(count), got \(arguments.count)")
        }
    }

    static func expect(_ name: String, _ arguments: [JSONValue], atLeast count: Int) throws(GoTemplateMessage) {
        guard arguments.count >= count else {
            throw .init("wrong number of arguments for \(name): want at least \(count), got \(arguments.count)")
        }
    }

    private static func text(_ name: String, _ value: JSONValue) throws(GoTemplateMessage) -> String {
        switch value {
        case .text(let text): return text
        case .null: return ""
        default: throw .init("\(name) wants text, not \(value.kindName)")
        }
    }

    private static func count(_ name: String, _ value: JSONValue) throws(GoTemplateMessage) -> Int {
        guard case .integer(let number) = value, (0...10_000).contains(number) else {
            throw .init("\(name) wants a number from 0 to 10000")
        }
        return Int(number)
    }

    private static func titled(_ text: String) -> String {
        var atStart = true
        return text.reduce(into: "") { result, character in
            result += atStart ? character.uppercased() : String(character)
            atStart = !character.isLetter && !character.isNumber && character != "_" && character != "'"
        }
    }

    /// Go's `print` puts spaces between operands when neither is a string; `println` always does.
    private static func printed(_ values: [JSONValue], line: Bool) -> String {
        var text = ""
        for (index, value) in values.enumerated() {
            if index > 0, line || !(value.isText || values[index - 1].isText) { text += " " }
            text += value.printed
        }
        return line ? text + "\n" : text
    }
}

/// An error's message before its place is known.
struct GoTemplateMessage: Error {
    var text: String
    init(_ text: String) { self.text = text }
}
