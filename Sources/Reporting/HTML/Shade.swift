package import Figures

/// The one scale of shades that all drawings share: the fewer images hold a byte, the stronger its shade. What the
/// strongest shade covers goes when one image goes.
package enum Shade {
    /// 1 to 5 by the number of images; 0 when no image holds it (documents of indexes and the like).
    static func of(images: Int64) -> Int {
        switch images {
        case ..<1: 0
        case 1: 1
        case 2: 2
        case ...5: 3
        case ...20: 4
        default: 5
        }
    }

    /// The legend of the scale, without the shade of what no image holds.
    static func legend(_ title: String) -> String {
        let names = ["1 image", "2", "3–5", "6–20", "21 and more"]
        let entries = names.enumerated().map { index, name in
            "<li>\(swatch("f\(index + 1)"))\(name)</li>"
        }
        return
            "<ul class=\"legend\" aria-label=\"\(HTML.escape(title))\"><li>\(HTML.escape(title))</li>\(entries.joined())</ul>"
    }

    static func swatch(_ style: String) -> String {
        "<svg aria-hidden=\"true\"><rect class=\"\(style)\" width=\"11\" height=\"11\" rx=\"2\"/></svg>"
    }
}

extension ReferenceBucket {
    /// `1 image`, `3–5 images`, `21 and more images`, `no image`.
    package var title: String {
        if from <= 0, through ?? 0 <= 0, through != nil { return "no image" }
        guard let through else { return "\(CountFormat.grouped(from)) and more images" }
        if from == through { return PageText.counted(from, "image") }
        return "\(CountFormat.grouped(from))–\(CountFormat.grouped(through)) images"
    }

    var shade: Int { Shade.of(images: from) }
}
