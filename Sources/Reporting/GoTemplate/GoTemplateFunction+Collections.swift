extension GoTemplateFunction {
    static func equal(_ left: JSONValue, _ right: JSONValue) throws(GoTemplateMessage) -> Bool {
        switch (left, right) {
        case (.integer(let number), .real(let real)), (.real(let real), .integer(let number)):
            return Double(number) == real
        case (.null, _), (_, .null): return left == right
        case (.list, _), (_, .list), (.object, _), (_, .object):
            throw .init("eq and ne compare text, numbers and flags, not \(left.kindName) and \(right.kindName)")
        default:
            guard left.kindName == right.kindName else {
                throw .init("incompatible types for comparison: \(left.kindName) and \(right.kindName)")
            }
            return left == right
        }
    }

    static func ordered(
        _ name: String, _ left: JSONValue, _ right: JSONValue
    ) throws(GoTemplateMessage) -> Bool {
        func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
            switch name {
            case "lt": left < right
            case "le": left <= right
            case "gt": left > right
            default: left >= right
            }
        }
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return holds(a, b)
        case (.real(let a), .real(let b)): return holds(a, b)
        case (.integer(let a), .real(let b)): return holds(Double(a), b)
        case (.real(let a), .integer(let b)): return holds(a, Double(b))
        case (.text(let a), .text(let b)): return holds(a, b)
        default:
            throw .init("incompatible types for comparison: \(left.kindName) and \(right.kindName)")
        }
    }

    /// As Go counts: text in bytes of UTF-8.
    static func length(_ value: JSONValue) throws(GoTemplateMessage) -> Int64 {
        switch value {
        case .text(let text): return Int64(text.utf8.count)
        case .list(let values): return Int64(values.count)
        case .object(let members): return Int64(members.count)
        case .null: return 0
        default: throw .init("len of \(value.kindName): it has no length")
        }
    }

    /// `index x 1 2` is x[1][2]; a key that a map does not have gives nothing, a place outside a list is an error.
    static func index(_ arguments: [JSONValue]) throws(GoTemplateMessage) -> JSONValue {
        try expect("index", arguments, atLeast: 1)
        var value = arguments[0]
        for key in arguments.dropFirst() {
            switch (value, key) {
            case (.object, .text(let name)): value = value[name] ?? .null
            case (.list(let values), .integer(let place)):
                guard place >= 0, place < values.count else {
                    throw .init("index out of range: \(place) of \(values.count)")
                }
                value = values[Int(place)]
            case (.text(let text), .integer(let place)):
                guard place >= 0, place < text.utf8.count else {
                    throw .init("index out of range: \(place) of \(text.utf8.count)")
                }
                value = .integer(Int64(Array(text.utf8)[Int(place)]))
            case (.null, _): return .null
            default: throw .init("cannot index \(value.kindName) with \(key.kindName)")
            }
        }
        return value
    }

    static func slice(_ arguments: [JSONValue]) throws(GoTemplateMessage) -> JSONValue {
        try expect("slice", arguments, atLeast: 1)
        guard arguments.count <= 3 else { throw .init("wrong number of arguments for slice: want 1 to 3") }
        let count = try length(arguments[0])
        var bounds: [Int64] = [0, count]
        for (position, argument) in arguments.dropFirst().enumerated() {
            guard case .integer(let bound) = argument, bound >= 0, bound <= count else {
                throw .init("slice out of range: length \(count)")
            }
            bounds[position] = bound
        }
        guard bounds[0] <= bounds[1] else { throw .init("slice ends before it starts") }
        let range = Int(bounds[0])..<Int(bounds[1])
        switch arguments[0] {
        case .list(let values): return .list(Array(values[range]))
        case .text(let text): return .text(String(decoding: Array(text.utf8)[range], as: UTF8.self))
        default: throw .init("cannot slice \(arguments[0].kindName)")
        }
    }
}

extension JSONValue {
    /// Go's truth: false, 0, empty and nil are false.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .flag(let flag): flag
        case .integer(let number): number != 0
        case .real(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    var isText: Bool { if case .text = self { true } else { false } }

    /// What an action prints: a list as `[a b]`, an object as `map[k:v]` with sorted keys, nothing for null.
    var printed: String {
        switch self {
        case .null: ""
        case .flag(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .real: json
        case .text(let text): text
        case .list(let values): "[" + values.map(\.printed).joined(separator: " ") + "]"
        case .object(let members):
            "map["
                + members.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value.printed)" }.joined(separator: " ")
                + "]"
        }
    }

    var kindName: String {
        switch self {
        case .null: "nil"
        case .flag: "a flag"
        case .integer, .real: "a number"
        case .text: "text"
        case .list: "a list"
        case .object: "a map"
        }
    }
}
