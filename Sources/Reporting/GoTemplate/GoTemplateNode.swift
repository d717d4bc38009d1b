/// A part of a parsed template.
indirect enum GoTemplateNode: Sendable {
    case text(String)
    /// `{{pipeline}}`
    case action(GoTemplatePipeline)
    case ifElse(GoTemplatePipeline, [GoTemplateNode], [GoTemplateNode])
    case range(GoTemplatePipeline, [GoTemplateNode], [GoTemplateNode])
    case with(GoTemplatePipeline, [GoTemplateNode], [GoTemplateNode])
    case breakLoop
    case continueLoop
}

/// Commands, each of which takes the result of the one before as its last argument.
struct GoTemplatePipeline: Sendable {
    /// Variables that the pipeline sets: one, or two in a range.
    var variables: [String] = []
    /// Whether the variables are new (`:=`) or set again (`=`).
    var declares = false
    var commands: [GoTemplateCommand] = []
    var position: GoTemplatePosition
}

/// A function with its arguments, or a lone operand.
struct GoTemplateCommand: Sendable {
    var operands: [GoTemplateOperand]
    var position: GoTemplatePosition
}

/// An operand, with the fields that are taken of it.
struct GoTemplateOperand: Sendable {
    indirect enum Base: Sendable {
        case dot
        case variable(String)
        case function(String)
        case literal(JSONValue)
        case pipeline(GoTemplatePipeline)
    }

    var base: Base
    var fields: [(name: String, position: GoTemplatePosition)] = []
    var position: GoTemplatePosition
}
