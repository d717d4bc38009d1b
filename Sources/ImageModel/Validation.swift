import Foundation

// What decoding cannot see: the rules of the specification's schemas about values.

extension Manifest {
    func validate() throws(ImageModelError) {
        guard layers.count <= DocumentParser.entryLimit else {
            throw ImageModelError(.manifest, at: "layers", "has more than \(DocumentParser.entryLimit) entries")
        }
        try config.validate(at: "config", in: .manifest)
        for (position, layer) in layers.enumerated() { try layer.validate(at: "layers[\(position)]", in: .manifest) }
        try subject?.validate(at: "subject", in: .manifest)
    }
}

extension Index {
    func validate() throws(ImageModelError) {
        guard manifests.count <= DocumentParser.entryLimit else {
            throw ImageModelError(.index, at: "manifests", "has more than \(DocumentParser.entryLimit) entries")
        }
        for (position, child) in manifests.enumerated() {
            try child.validate(at: "manifests[\(position)]", in: .index)
        }
        try subject?.validate(at: "subject", in: .index)
    }
}

extension Descriptor {
    func validate(at path: String, in subject: ImageModelError.Subject) throws(ImageModelError) {
        func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        guard size >= 0 else { throw ImageModelError(subject, at: place("size"), "is negative (\(size))") }
        guard mediaType.isWellFormed else {
            throw ImageModelError(
                subject, at: place("mediaType"), "\(quoted(mediaType.rawValue)) is no media type")
        }
        if let artifactType, !artifactType.isEmpty, !MediaType(artifactType).isWellFormed {
            throw ImageModelError(subject, at: place("artifactType"), "\(quoted(artifactType)) is no media type")
        }
        for (position, url) in (urls ?? []).enumerated() where !Self.isAbsoluteURI(url) {
            throw ImageModelError(subject, at: place("urls[\(position)]"), "\(quoted(url)) is no URL")
        }
        if let data, Int64(data.count) != size {
            throw ImageModelError(subject, at: place("data"), "has \(data.count) bytes, but size says \(size)")
        }
    }

    /// A scheme, a colon, and something after it, without spaces or control characters (RFC 3986).
    private static func isAbsoluteURI(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let first = text.utf8.first else { return false }
        let scheme = text.utf8[..<colon]
        func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
        return isLetter(first)
            && scheme.allSatisfy { isLetter($0) || (48...57).contains($0) || "+-.".utf8.contains($0) }
            && text.utf8.index(after: colon) != text.utf8.endIndex && text.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    }
}

extension ImageConfiguration {
    func validate() throws(ImageModelError) {
        guard rootfs.type == "layers" else {
            throw ImageModelError(.configuration, at: "rootfs.type", "is \(quoted(rootfs.type)), not \"layers\"")
        }
        guard rootfs.diffIDs.count <= DocumentParser.entryLimit else {
            throw ImageModelError(
                .configuration, at: "rootfs.diff_ids", "has more than \(DocumentParser.entryLimit) entries")
        }
        for (position, variable) in (config?.env ?? []).enumerated()
        where variable.utf8.first == UInt8(ascii: "=") || !variable.utf8.contains(UInt8(ascii: "=")) {
            throw ImageModelError(
                .configuration, at: "config.Env[\(position)]", "is no variable; expected NAME=VALUE")
        }
    }
}

extension MediaType {
    /// A type and a subtype of at most 127 characters each (RFC 6838, section 4.2; OCI image-spec, defs-descriptor).
    package var isWellFormed: Bool {
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                guard let first = part.first, part.count <= 127 else { return false }
                return Self.isAlphanumeric(first)
                    && part.allSatisfy { Self.isAlphanumeric($0) || "!#$&^_.+-".utf8.contains($0) }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
}
