import ImageModel

/// What the user calls an image: a name, a digest, or the beginning of one.
struct ImageName: Equatable {
    /// The ways to understand the words, in the order in which they are tried.
    enum Reading: Equatable {
        /// A whole digest or image ID.
        case digest(String)
        /// A repository's item by digest.
        case repositoryDigest(repository: String, digest: String)
        /// A tag. `isStated` is false where the user left it out, so that the only image will do, too.
        case tag(repository: String, tag: String, isStated: Bool)
        /// The first hexadecimal digits of a digest or image ID.
        case prefix(String)
    }

    let text: String
    let readings: [Reading]

    /// The repository that the words would name.
    var repository: String? {
        readings.lazy.compactMap { reading in
            switch reading {
            case .tag(let repository, _, _), .repositoryDigest(let repository, _): repository
            case .digest, .prefix: nil
            }
        }.first
    }

    /// Reads what was given. Throws ``CommandFailure`` (usage) for what can name no image.
    init(_ text: String) throws {
        self.text = text
        var readings: [Reading] = []
        if let digest = try? Digest(text) {
            readings = [.digest(digest.description)]
        } else if text.hasPrefix("sha256:"), text.dropFirst(7).allSatisfy(Self.isHexDigit), text.count > 7 {
            readings = [.prefix(String(text.dropFirst(7)))]
        } else if let at = text.lastIndex(of: "@"), let digest = try? Digest(text[text.index(after: at)...]) {
            var repository = text[..<at]
            if let colon = repository.lastIndex(of: ":"), !repository[colon...].contains("/") {
                repository = repository[..<colon]
            }
            readings = [.repositoryDigest(repository: String(repository), digest: digest.description)]
        } else {
            // Hostile and odd names are in registries, too: what the source calls an image is looked up as it is.
            if let colon = text.lastIndex(of: ":"), !text[colon...].contains("/"), colon != text.startIndex {
                readings.append(
                    .tag(
                        repository: String(text[..<colon]), tag: String(text[text.index(after: colon)...]),
                        isStated: true))
            } else {
                readings.append(.tag(repository: text, tag: "latest", isStated: false))
            }
            if text.count >= 4, text.count <= 64, text.allSatisfy(Self.isHexDigit) { readings.append(.prefix(text)) }
        }
        guard !text.isEmpty, text.utf8.count <= 1024 else {
            throw CommandFailure(.usage, "an image name has 1 to 1,024 characters")
        }
        self.readings = readings
    }

    private static func isHexDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || ("a"..."f").contains(character)
    }

    /// The names that a repository may have in a source: as it was written, and Docker Hub's short and long forms
    /// (distribution, reference normalisation).
    static func aliases(of repository: String) -> [String] {
        var path = repository[...]
        if let slash = path.firstIndex(of: "/") {
            let host = path[..<slash]
            if host == "docker.io" || host == "index.docker.io" {
                path = path[path.index(after: slash)...]
            } else if host == "localhost" || host.contains(".") || host.contains(":") {
                return [repository]
            }
        }
        if path.hasPrefix("library/") { path = path.dropFirst("library/".count) }
        let long = path.contains("/") ? String(path) : "library/\(path)"
        let names = [repository, String(path), long, "docker.io/\(long)"]
        return names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
}
