import Figures
import Hummingbird
import ImageModel
import Reporting

extension Pages {
    /// One image, wherever it is held: its figures, its layers with their instructions, and who else holds each.
    func image(_ text: String) async throws -> Response {
        guard let digest = try? Digest(text) else {
            return notFound("An image is named by its digest: sha256: and 64 hexadecimal digits.")
        }
        var images = try await source.table(TableRequest("items", filters: ["digest=\(digest)"]))
        if images.rows.isEmpty {
            images = try await source.table(TableRequest("items", filters: ["image_id=\(digest)"]))
        }
        guard let found = images.rows.isEmpty ? nil : images.value(0, "digest").text else {
            return notFound("No source holds an image \(digest).")
        }
        try await addIndexTags(to: &images, found)
        let layers = try await source.table(
            TableRequest("item_layers", filters: ["digest=\(found)"], sort: ["source", "position"]))
        return page(
            DigestFormat.short(found), subtitle: "\(images.value(0, "kind").text ?? "image") \(found)",
            KeyFigureTiles(PageTables.figures(images)).html
                + Self.section(
                    "held", "Where it is held", PageTables.items(images, id: "held-table").html)
                + Self.section(
                    "layers", "Layers",
                    lead: "The base first; images and repositories count who else holds each layer.",
                    PageTables.layersOfImage(layers).html))
    }

    /// Gives an image that no tag names the tags of the indexes that list it.
    private func addIndexTags(to items: inout Table, _ digest: String) async throws {
        guard let place = items.position(of: "tags"),
            items.rows.indices.contains(where: { items.value($0, "tags") == .list([]) })
        else { return }
        let images = try await source.table(TableRequest("images", filters: ["digest=\(digest)"]))
        for row in items.rows.indices where items.rows[row][place] == .list([]) {
            var names: [String] = []
            for other in images.rows.indices where images.value(other, "source") == items.value(row, "source") {
                guard case .list(let tags) = images.value(other, "tags") else { continue }
                names += tags.map { "\(images.value(other, "repository").text ?? ""):\($0)" }
            }
            items.rows[row][place] = .list(names.sorted())
        }
    }

    /// One layer, by blob digest, chainID or diffID: one answer to "where is this layer?".
    func layer(_ text: String) async throws -> Response {
        guard let digest = try? Digest(text) else {
            return notFound("A layer is named by its digest: sha256: and 64 hexadecimal digits.")
        }
        var layers = try await source.table(TableRequest("layers", filters: ["diff_id=\(digest)"]))
        if layers.rows.isEmpty {
            layers = try await source.table(TableRequest("layers", filters: ["digest=\(digest)"]))
            // The same content under other digests is the same layer.
            if let diffID = layers.rows.isEmpty ? nil : layers.value(0, "diff_id").text {
                layers = try await source.table(TableRequest("layers", filters: ["diff_id=\(diffID)"]))
            }
        }
        guard !layers.rows.isEmpty else { return notFound("No source holds a layer \(digest).") }
        let instruction = layers.rows.indices.compactMap { layers.value($0, "instruction").text }.first
        var holders: Table?
        for row in layers.rows.indices {
            guard let one = layers.value(row, "digest").text, let place = layers.value(row, "source").text else {
                continue
            }
            let some = try await source.table(
                TableRequest(
                    "item_layers", filters: ["layer_digest=\(one)", "source=\(place)"], limit: Self.rowLimit))
            if holders == nil { holders = some } else { holders?.rows += some.rows }
        }
        var content = Self.section(
            "copies", "Where it is", lead: instruction.map { "Made by: \($0)" } ?? "",
            PageTables.layers(layers, id: "copy-table").html)
        if let holders {
            content += Self.section(
                "holders", "Images that hold it", lead: Self.truncation(holders),
                PageTables.holders(holders).html)
        }
        return page(DigestFormat.short(digest.description), subtitle: "Layer \(digest)", content)
    }
}
