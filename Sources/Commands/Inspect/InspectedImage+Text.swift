import Figures
import Reporting

extension InspectedImage {
    /// The image for people: what it is, what it takes, its layers with who else holds each.
    func text(_ options: ListingOptions) throws -> String {
        let cells = CellText(options)
        var facts: [(String, String)] = [
            ("IMAGE", tags.isEmpty ? "<none>" : tags.joined(separator: ", ")),
            ("SOURCE", source),
            ("REPOSITORIES", repositories.joined(separator: ", ")),
            ("DIGEST", digest),
            ("IMAGE ID", imageID ?? "<none>"),
            ("PLATFORM", platform ?? "N/A"),
            ("CREATED", createdAt.flatMap { TimeFormat.rfc3339($0) } ?? "N/A"),
        ]
        if let containers { facts.append(("CONTAINERS", "\(containers)")) }
        if let waste { facts.append(("WASTE", waste)) }
        for (name, value) in figures where name.hasSuffix("_bytes") {
            let exact = value.integer.map { "  (\(CountFormat.grouped($0)) bytes)" } ?? ""
            facts.append((TextTable.heading(.init(name, .bytes)), cells.text(value, .bytes) + exact))
        }
        if case .object(let labels)? = configuration?["config"]?["Labels"], !labels.isEmpty {
            facts.append(("LABELS", labels.map { "\($0.name)=\(Self.plain($0.value))" }.joined(separator: ", ")))
        }
        let width = facts.map { $0.0.count }.max() ?? 0
        var text = ""
        for (name, value) in facts {
            let shown = TerminalText.harmless(value)
            text += name + String(repeating: " ", count: width - name.count + 3) + shown + "\n"
        }
        return text + "\n"
            + (try Listing(layerTable, headings: ["uncompressed_bytes": "UNPACKED"]).text(.table, options: options))
    }

    private static func plain(_ value: JSONValue) -> String {
        if case .text(let text) = value { text } else { value.json }
    }

    private var layerTable: Table {
        Table(
            name: "layers",
            columns: [
                .init("layer", .count), .init("digest", .digest), .init("bytes", .bytes),
                .init("uncompressed_bytes", .bytes), .init("images", .count), .init("instruction", .text),
                .init("held_by", .list), .init("also_in", .list),
            ],
            rows: layers.enumerated().map { number, layer in
                [
                    .integer(Int64(number + 1)), .text(layer.digest), layer.bytes.map { .integer($0) } ?? .null,
                    layer.uncompressedBytes.map { .integer($0) } ?? .null, .integer(layer.images),
                    layer.instruction.map { .text(InstructionText.plain($0)) } ?? .null,
                    .list(layer.someHolders),
                    .list(layer.someSources),
                ]
            })
    }
}

extension InspectedImage.Layer {
    /// A few holders by name, and how many more there are.
    fileprivate var someHolders: [String] { Self.some(holders, more: unnamedHolders) }
    /// A few other sources, and how many more there are.
    fileprivate var someSources: [String] { Self.some(otherSources, more: 0) }

    private static func some(_ names: [String], more: Int64) -> [String] {
        let named = names.prefix(2)
        let others = Int64(names.count - named.count) + more
        return named + (others > 0 ? ["\(others) more"] : [])
    }
}
