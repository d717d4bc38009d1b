extension ImageModelError {
    /// The place and reason of a decoding failure, in words of the document instead of Swift's types.
    init(decoding error: DecodingError, as subject: Subject) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(subject, at: Self.path(context.codingPath + [key]), "is missing")
        case .valueNotFound(_, let context):
            self.init(subject, at: Self.path(context.codingPath), "is null")
        case .typeMismatch(let type, let context):
            self.init(subject, at: Self.path(context.codingPath), "is not \(Self.name(of: type))")
        case .dataCorrupted(let context):
            if let inner = context.underlyingError as? ImageModelError {
                self.init(subject, at: Self.path(context.codingPath), inner.reason)
            } else if context.codingPath.isEmpty {
                self.init(subject, "is not valid JSON")
            } else {
                self.init(subject, at: Self.path(context.codingPath), "has a value that does not fit")
            }
        @unknown default:
            self.init(subject, "cannot be decoded")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "an integer"
        default: String(describing: type).hasPrefix("Array") ? "a list" : "an object"
        }
    }
}
