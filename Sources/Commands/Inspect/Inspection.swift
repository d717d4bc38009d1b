import Figures
import Reporting

/// Finds images by what the user calls them and prints each.
struct Inspection {
    let images: [String]
    let source: String?
    let platform: String?
    let format: String
    let isTruncated: Bool
    let units: ByteUnits

    func run(_ database: DatabaseOptions) async throws {
        let style = try Style(format)
        let names = try images.map(ImageName.init)
        try await database.read { reader in
            var found: [InspectedImage] = []
            for name in names { found += try await images(name, reader) }
            let coverage = try await reader.coverage(of: Array(Set(found.map(\.source))))
            try show(found, style, coverage)
            try Output.demandComplete(coverage, isToldAlready: style.carriesCoverage)
        }
    }

    private enum Style {
        case text
        case json
        case template(GoTemplate)

        init(_ format: String) throws {
            switch try ListingFormat(format) {
            case .table: self = .text
            case .json: self = .json
            case .template(let template, _): self = .template(template)
            case .jsonl, .csv, .quiet:
                throw CommandFailure(.usage, "inspect prints table, json or a template, not \(format)")
            }
        }

        var carriesCoverage: Bool { if case .json = self { true } else { false } }
    }

    /// The images that a name means: one for each source that has it, and for each platform of an index.
    private func images(_ name: ImageName, _ reader: Reader) async throws -> [InspectedImage] {
        let places = try await reader.items(named: name, source: source)
        guard !places.isEmpty else { throw try await notFound(name, reader) }
        var found: [InspectedImage] = []
        for place in places {
            if let image = try await reader.image(at: place), platform == nil || image.platform == platform {
                found.append(image)
            }
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                .checkFailed, "\(name.text.debugDescription) has no image for \(platform ?? "any platform")")
        }
        return found
    }

    private func notFound(_ name: ImageName, _ reader: Reader) async throws -> CommandFailure {
        let known = try await reader.repositoryNames(source: source)
        let place = source.map { " in source \($0)" } ?? ""
        guard !known.isEmpty else {
            return CommandFailure(
                .checkFailed, "no image \(name.text.debugDescription)\(place); nothing was collected yet")
        }
        let advice = nearest(to: name.repository ?? name.text, among: known).map { "; did you mean \($0)?" }
        return CommandFailure(
            .checkFailed,
            "no image \(name.text.debugDescription)\(place)\(advice ?? "; `layerscope images` lists those there are")")
    }

    private func show(_ found: [InspectedImage], _ style: Style, _ coverage: Coverage) throws {
        switch style {
        case .text:
            let options = ListingOptions(units: units, noTrunc: !isTruncated, textLimit: 60)
            for (number, image) in found.enumerated() {
                if number > 0 { try StandardOutput.write("\n") }
                try StandardOutput.write(try image.text(options))
            }
        case .json:
            let rows = found.map { "\n" + $0.row.json }.joined(separator: ",")
            try StandardOutput.write(
                "{\"rows\":[\(rows)\n],\n\"totals\":{},\n\"checks\":[],\n\"coverage\":\(coverage.json.json)}\n")
        case .template(let template):
            // An image that several sources have is one image to a script: the engine's, as docker would tell of it.
            var printed: Set<String> = []
            for image in found.filter(\.isOfEngine) + found.filter({ !$0.isOfEngine })
            where printed.insert(image.imageID ?? image.digest).inserted {
                try StandardOutput.write(try template.render(image.document, units: units) + "\n")
            }
        }
    }
}
