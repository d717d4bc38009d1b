import Foundation

/// A password or token, or where it is. It prints as where it is, never as what it is.
package enum Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    case environment(String)
    case file(String)
    case inline(String)

    /// The largest secret file that is read, in bytes.
    package static let byteLimit = 64 << 10

    package var description: String {
        switch self {
        case .environment(let name): "environment variable \(name)"
        case .file(let path): "file \(path)"
        case .inline: "(hidden)"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: ["secret": description]) }

    /// The secret itself, without a line break at its end. Throws ``SecretError``.
    package func resolve(environment: [String: String] = ProcessInfo.processInfo.environment) throws(SecretError)
        -> String
    {
        switch self {
        case .inline(let value): return value
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw SecretError(secret: self, reason: "is not set; export \(name) and try again")
            }
            return value
        case .file(let path):
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw SecretError(secret: self, reason: "cannot be read; check that it exists and who may read it")
            }
            let content: Data?
            do {
                content = try handle.read(upToCount: Self.byteLimit + 1)
                try handle.close()
            } catch {
                throw SecretError(secret: self, reason: "cannot be read; check that it is a file")
            }
            guard let content, !content.isEmpty, content.count <= Self.byteLimit else {
                throw SecretError(secret: self, reason: "is empty or larger than \(Self.byteLimit) bytes")
            }
            guard let text = String(data: content, encoding: .utf8) else {
                throw SecretError(secret: self, reason: "is not UTF-8 text")
            }
            return text.trimmingCharacters(in: .newlines)
        }
    }
}

/// A secret that could not be had; names the place, never the content.
package struct SecretError: Error, Equatable, CustomStringConvertible {
    package let secret: Secret
    package let reason: String

    package var description: String { "\(secret) \(reason)" }
}
