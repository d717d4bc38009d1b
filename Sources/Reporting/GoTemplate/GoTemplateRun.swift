/// One carrying out of a template.
struct GoTemplateRun {
    /// A value, or the record at the root.
    enum Dot {
        case record
        case value(JSONValue)
    }

    enum Flow { case goesOn, breaks, continues }

    let record: GoTemplate.Record
    let units: ByteUnits
    var isHeading = false
    var output = ""
    private var variables: [(name: String, value: Dot)] = [("$", .record)]

    init(record: GoTemplate.Record, units: ByteUnits, isHeading: Bool = false) {
        self.record = record
        self.units = units
        self.isHeading = isHeading
    }

    mutating func render(_ nodes: [GoTemplateNode], dot: Dot) throws(GoTemplateError) -> Flow {
        for node in nodes {
            switch node {
            case .text(let text): output += text
            case .breakLoop: return .breaks
            case .continueLoop: return .continues
            case .action(let pipeline):
                let result = try evaluate(pipeline, dot: dot)
                if pipeline.variables.isEmpty {
                    output += TerminalText.harmless(plain(result).printed, keepingLines: true)
                }
            case .ifElse(let pipeline, let body, let alternative), .with(let pipeline, let body, let alternative):
                let depth = variables.count
                let result = try evaluate(pipeline, dot: dot)
                var inner = dot
                if case .with = node { inner = result }
                let isTrue = plain(result).isTrue
                let flow = try render(isTrue ? body : alternative, dot: isTrue ? inner : dot)
                variables.removeLast(variables.count - depth)
                if flow != .goesOn { return flow }
            case .range(let pipeline, let body, let alternative):
                let flow = try renderRange(pipeline, body, alternative, dot: dot)
                if flow != .goesOn { return flow }
            }
        }
        return .goesOn
    }

    private mutating func renderRange(
        _ pipeline: GoTemplatePipeline, _ body: [GoTemplateNode], _ alternative: [GoTemplateNode], dot: Dot
    ) throws(GoTemplateError) -> Flow {
        var bare = pipeline
        bare.variables = []
        let collection = plain(try evaluate(bare, dot: dot))
        let depth = variables.count
        defer { variables.removeLast(variables.count - depth) }
        let elements: [(key: JSONValue, value: JSONValue)]
        switch collection {
        case .list(let values): elements = values.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .object(let members):
            elements = members.sorted { $0.name < $1.name }.map { (.text($0.name), $0.value) }
        case .integer(let count) where (0...100_000).contains(count):
            elements = (0..<count).map { (.integer($0), .integer($0)) }
        case .null: elements = []
        default:
            if isHeading { return try render(body, dot: .value(collection)) }
            throw pipeline.position.error("range cannot go over \(collection.kindName)")
        }
        if elements.isEmpty { return try render(alternative, dot: dot) }
        for element in elements {
            variables.removeLast(variables.count - depth)
            let values = pipeline.variables.count == 2 ? [element.key, element.value] : [element.value]
            for (name, value) in zip(pipeline.variables, values) {
                try set(name, .value(value), declares: pipeline.declares, at: pipeline.position)
            }
            if try render(body, dot: .value(element.value)) == .breaks { break }
        }
        return .goesOn
    }

    private mutating func set(
        _ name: String, _ value: Dot, declares: Bool, at position: GoTemplatePosition
    ) throws(GoTemplateError) {
        if declares {
            variables.append((name, value))
        } else if let index = variables.lastIndex(where: { $0.name == name }) {
            variables[index].value = value
        } else {
            throw position.error("undefined variable \(name)")
        }
    }

    private mutating func evaluate(_ pipeline: GoTemplatePipeline, dot: Dot) throws(GoTemplateError) -> Dot {
        var result: Dot?
        for command in pipeline.commands {
            result = try evaluate(command, dot: dot, piped: result)
        }
        let final = result ?? .value(.null)
        for name in pipeline.variables {
            try set(name, final, declares: pipeline.declares, at: pipeline.position)
        }
        return final
    }

    private mutating func evaluate(
        _ command: GoTemplateCommand, dot: Dot, piped: Dot?
    ) throws(GoTemplateError) -> Dot {
        guard let first = command.operands.first else { throw command.position.error("missing value") }
        guard case .function(let name) = first.base else {
            guard command.operands.count == 1, piped == nil else {
                throw first.position.error("this is no function: it takes no argument")
            }
            return try evaluate(first, dot: dot)
        }
        var arguments: [JSONValue] = []
        for operand in command.operands.dropFirst() {
            let value = plain(try evaluate(operand, dot: dot))
            arguments.append(value)
            // Go evaluates `and` and `or` only as far as they are not decided.
            if name == "and", !value.isTrue { return .value(value) }
            if name == "or", value.isTrue { return .value(value) }
        }
        if let piped { arguments.append(plain(piped)) }
        return .value(try call(name, arguments, at: first.position, fields: first.fields))
    }

    private func call(
        _ name: String, _ arguments: [JSONValue], at position: GoTemplatePosition,
        fields: [(name: String, position: GoTemplatePosition)] = []
    ) throws(GoTemplateError) -> JSONValue {
        let keepsHeading: Set<String> = [
            "json", "split", "join", "title", "lower", "upper", "truncate", "index", "bytes",
        ]
        if isHeading, keepsHeading.contains(name) {
            return arguments.first { $0.printed != "" } ?? .text("")
        }
        var result: JSONValue
        do { result = try GoTemplateFunction.call(name, arguments, units: units) } catch {
            throw position.error(error.text)
        }
        for field in fields { result = try member(field.name, of: .value(result), at: field.position) }
        return result
    }

    private mutating func evaluate(_ operand: GoTemplateOperand, dot: Dot) throws(GoTemplateError) -> Dot {
        var value: Dot
        switch operand.base {
        case .dot: value = dot
        case .variable(let name):
            guard let variable = variables.last(where: { $0.name == name }) else {
                throw operand.position.error("undefined variable \(name)")
            }
            value = variable.value
        case .function(let name): value = .value(try call(name, [], at: operand.position))
        case .literal(let literal): value = .value(literal)
        case .pipeline(let pipeline): value = try evaluate(pipeline, dot: dot)
        }
        for field in operand.fields { value = .value(try member(field.name, of: value, at: field.position)) }
        return value
    }

    private func member(
        _ name: String, of value: Dot, at position: GoTemplatePosition
    ) throws(GoTemplateError) -> JSONValue {
        switch value {
        case .record:
            if let field = record.field(name) { return field }
            throw position.error("no field .\(TerminalText.harmless(name))\(hint(record.value))")
        case .value(.null): return .null
        case .value(.object(let members)):
            if let field = GoTemplate.member(name, of: .object(members)) { return field }
            throw position.error("no field .\(TerminalText.harmless(name))\(hint(.object(members)))")
        case .value(let other):
            if isHeading { return .text(GoTemplateHeading.heading(name)) }
            throw position.error("no field .\(TerminalText.harmless(name)) in \(other.kindName)")
        }
    }

    private func hint(_ value: JSONValue) -> String {
        guard case .object(let members) = value, !members.isEmpty else { return "" }
        let names = members.prefix(40).map { TerminalText.harmless($0.name) }.joined(separator: ", ")
        return ": there are \(names)" + (members.count > 40 ? " and more" : "")
    }

    private func plain(_ dot: Dot) -> JSONValue {
        switch dot {
        case .record: record.value
        case .value(let value): value
        }
    }
}
