package import Figures

/// A figure that stands for the whole: its name, its value, and in a few words what it says.
package struct KeyFigure: Sendable, Equatable {
    /// The figure's one name, such as `stored_bytes`.
    package var name: String
    /// Its name for people.
    package var label: String
    package var value: Value
    package var kind: Table.Kind
    /// A few words under the value; empty for none.
    package var note: String
    /// The value for people where its kind does not say how; nil for as usual.
    package var shown: String?

    package init(
        _ name: String, _ label: String, _ value: Value, _ kind: Table.Kind, note: String = "", shown: String? = nil
    ) {
        self.name = name
        self.label = label
        self.value = value
        self.kind = kind
        self.note = note
        self.shown = shown
    }

    /// The value as people read it, not yet escaped.
    func text(_ units: ByteUnits) -> String { shown ?? PageText.cell(value, kind, units: units, limit: nil) }
}

/// Key figures side by side.
package struct KeyFigureTiles: Sendable {
    package var figures: [KeyFigure]
    package var units: ByteUnits

    package init(_ figures: [KeyFigure], units: ByteUnits = .si) {
        self.figures = figures
        self.units = units
    }

    /// The tiles as HTML; the exact number of bytes is the title of each.
    package var html: String {
        var text = "<dl class=\"tiles\">\n"
        for figure in figures {
            let shown = figure.text(units)
            var exact = ""
            if figure.kind == .bytes, let bytes = figure.value.integer {
                exact = " title=\"\(CountFormat.grouped(bytes)) bytes\""
            }
            text += "<div class=\"tile\"><dt>\(HTML.escape(figure.label))</dt>"
            text += "<dd class=\"figure\"\(exact)>\(HTML.escape(shown))</dd>"
            if !figure.note.isEmpty { text += "<dd class=\"hint\">\(HTML.escape(figure.note))</dd>" }
            text += "</div>\n"
        }
        return text + "</dl>\n"
    }
}
