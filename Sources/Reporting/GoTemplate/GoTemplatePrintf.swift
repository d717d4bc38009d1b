import Foundation

/// Go's `fmt.Sprintf` as far as templates use it: `%s %v %q %d %x %X %o %b %c %t %f %e %g %%` with flags, width and
/// precision.
enum GoTemplatePrintf {
    private struct Directive {
        var leftAligned = false
        var zero = false
        var plus = false
        var width = 0
        var precision: Int?
    }

    static func format(_ format: String, _ arguments: [JSONValue]) throws(GoTemplateMessage) -> String {
        var result = ""
        var rest = Array(format.unicodeScalars)[...]
        var used = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var directive = Directive()
            while let flag = rest.first, "-0+# ".unicodeScalars.contains(flag) {
                rest.removeFirst()
                directive.leftAligned = directive.leftAligned || flag == "-"
                directive.zero = directive.zero || flag == "0"
                directive.plus = directive.plus || flag == "+"
            }
            directive.width = try number(&rest) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                directive.precision = try number(&rest) ?? 0
            }
            guard let verb = rest.popFirst() else { throw .init("printf: the format ends within a directive") }
            if verb == "%" {
                result += "%"
                continue
            }
            guard used < arguments.count else { throw .init("printf: no argument for %\(verb)") }
            result += padded(try convert(verb, arguments[used], directive), directive)
            used += 1
        }
        guard used == arguments.count else {
            throw .init("printf: \(arguments.count - used) argument(s) too many")
        }
        return result
    }

    private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws(GoTemplateMessage) -> Int? {
        var digits = ""
        while let digit = rest.first, ("0"..."9").contains(digit) {
            digits.unicodeScalars.append(digit)
            rest.removeFirst()
        }
        if digits.isEmpty { return nil }
        guard let value = Int(digits), value <= 1000 else { throw .init("printf: width is over 1000") }
        return value
    }

    private static func convert(
        _ verb: Unicode.Scalar, _ value: JSONValue, _ directive: Directive
    ) throws(GoTemplateMessage) -> String {
        switch (verb, value) {
        case ("s", _), ("v", _):
            let text = value.printed
            return verb == "s" ? directive.precision.map { String(text.prefix($0)) } ?? text : text
        case ("q", _): return JSONValue.text(value.printed).json
        case ("d", .integer(let number)): return (directive.plus && number >= 0 ? "+" : "") + String(number)
        case ("x", .integer(let number)): return String(number, radix: 16)
        case ("X", .integer(let number)): return String(number, radix: 16, uppercase: true)
        case ("o", .integer(let number)): return String(number, radix: 8)
        case ("b", .integer(let number)): return String(number, radix: 2)
        case ("c", .integer(let number)):
            guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else {
                throw .init("printf: %c wants a character's number")
            }
            return String(Character(scalar))
        case ("x", .text(let text)): return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case ("t", .flag(let flag)): return flag ? "true" : "false"
        case ("f", .real(let number)): return String(format: "%.\(directive.precision ?? 6)f", number)
        case ("e", .real(let number)): return String(format: "%.\(directive.precision ?? 6)e", number)
        case ("g", .real(let number)):
            return directive.precision.map { String(format: "%.\($0)g", number) } ?? value.printed
        case ("d", .null), ("x", .null), ("f", .null), ("t", .null), ("e", .null), ("g", .null): return "N/A"
        default: throw .init("printf: %\(verb) does not take \(value.kindName)")
        }
    }

    private static func padded(_ text: String, _ directive: Directive) -> String {
        let missing = directive.width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if directive.leftAligned { return text + String(repeating: " ", count: missing) }
        guard directive.zero else { return String(repeating: " ", count: missing) + text }
        let sign = text.first == "-" || text.first == "+" ? String(text.prefix(1)) : ""
        return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
    }
}
