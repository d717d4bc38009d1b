internal import ImageModel

/// What a build made, as its exporter's statuses tell: `exporting manifest list sha256:… 0.0s done`,
/// `writing image sha256:… done`, `naming to docker.io/library/x:1 done`,
/// `pushing manifest for r/x:1@sha256:… 1.2s done`.
struct PlainExport: Sendable, Equatable {
    private static let namesLimit = 1000

    /// Of the index, where there is one.
    private(set) var index: Digest?
    private(set) var manifest: Digest?
    private(set) var image: Digest?
    private(set) var names: [String] = []

    var digest: Digest? { index ?? manifest ?? image }

    mutating func read(_ status: ArraySlice<UInt8>) {
        switch status.first {
        case UInt8(ascii: "e"):
            if let digest = Self.digest(status, after: "exporting manifest list ") { index = digest }
            if let digest = Self.digest(status, after: "exporting manifest ") { manifest = digest }
        case UInt8(ascii: "w"):
            if let digest = Self.digest(status, after: "writing image ") { image = digest }
        case UInt8(ascii: "n"):
            if let word = Self.word(status, after: "naming to ") { add(word) }
        case UInt8(ascii: "p"):
            if let word = Self.word(status, after: "pushing manifest for "), let at = word.firstIndex(of: "@") {
                add(String(word[..<at]))
            }
        default: break
        }
    }

    private mutating func add(_ name: String) {
        if names.count < Self.namesLimit, !names.contains(name) { names.append(name) }
    }

    private static func word(_ status: ArraySlice<UInt8>, after beginning: String) -> String? {
        guard status.starts(with: beginning.utf8) else { return nil }
        let word = status.dropFirst(beginning.utf8.count).prefix { $0 != UInt8(ascii: " ") }
        return word.isEmpty ? nil : String(decoding: word.prefix(512), as: UTF8.self)
    }

    private static func digest(_ status: ArraySlice<UInt8>, after beginning: String) -> Digest? {
        word(status, after: beginning).flatMap { try? Digest($0) }
    }
}
