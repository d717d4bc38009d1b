/// A template in the language of Go's text/template, as far as command lines use it: fields, pipelines, variables,
/// `if`, `range`, `with`, and the functions of ``GoTemplateFunction``.
package struct GoTemplate: Sendable {
    /// What the dot is at the start: fields by name, and the whole as a value.
    package struct Record: Sendable {
        /// Every member, for `{{json .}}` and `{{range}}`.
        package var value: JSONValue
        /// A field by the name that the template uses; nil when there is none.
        package var field: @Sendable (String) -> JSONValue?

        package init(value: JSONValue, field: @escaping @Sendable (String) -> JSONValue?) {
            self.value = value
            self.field = field
        }

        /// The members of a value by their names, see ``GoTemplate/member(_:of:)``.
        package init(_ value: JSONValue) {
            self.init(value: value) { GoTemplate.member($0, of: value) }
        }
    }

    let nodes: [GoTemplateNode]

    /// Reads a template. Throws an error that says what is wrong and where.
    package init(_ text: String) throws(GoTemplateError) {
        nodes = try GoTemplateParser.parse(text)
    }

    /// Carries the template out. Control characters in outside text are written out harmlessly, except line breaks and
    /// tabs.
    package func render(_ record: Record, units: ByteUnits = .si) throws(GoTemplateError) -> String {
        var run = GoTemplateRun(record: record, units: units)
        _ = try run.render(nodes, dot: .record)
        return run.output
    }

    /// Carries the template out on a value, such as the document of an image.
    package func render(_ value: JSONValue, units: ByteUnits = .si) throws(GoTemplateError) -> String {
        try render(Record(value), units: units)
    }

    /// The headings of a table template: every field gives its heading, and the functions leave it as it is.
    func renderHeadings(_ heading: @escaping @Sendable (String) -> String) throws(GoTemplateError) -> String {
        let record = Record(value: .text("")) { .text(heading($0)) }
        var run = GoTemplateRun(record: record, units: .si, isHeading: true)
        _ = try run.render(nodes, dot: .record)
        return run.output
    }

    /// A member of an object: by its exact name, or else by the same letters and digits whatever the case, so that
    /// `.ApparentBytes` finds `apparent_bytes` and `.RootFS` finds `rootfs`.
    package static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        guard case .object(let members) = value else { return nil }
        if let exact = value[name] { return exact }
        let folded = fold(name)
        return members.first { fold($0.name) == folded }?.value
    }

    static func fold(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }
}
