package import Foundation
import ImageModel

extension HTTPFailure {
    /// How much of an error's body is read, in bytes.
    package static let diagnosticByteLimit = 64 << 10

    /// Reads what a server says in an error's body: the registry's `{"errors":[{"code","message"}]}`
    /// (distribution-spec, "Error Codes"), the engine's `{"message"}`, token servers' `{"details"}` and
    /// `{"error","error_description"}`, AWS's `{"__type","message"}`, or plain text. A page of HTML, as proxies answer, is named, not shown.
    package static func diagnostics(in body: Data) -> [Diagnostic] {
        guard let first = body.first(where: { $0 > 32 }) else { return [] }
        if first == UInt8(ascii: "<") { return [Diagnostic(message: "a page of HTML, as from a proxy")] }
        guard first == UInt8(ascii: "{") else {
            // Text that no client parses: its first line.
            let line = body.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            return [Diagnostic(message: bounded(String(decoding: line, as: UTF8.self)))]
        }
        guard
            let document = try? DocumentParser.decode(
                ErrorDocument.self, from: body, as: .document, limit: diagnosticByteLimit)
        else { return [] }
        if let errors = document.errors, !errors.isEmpty {
            return errors.prefix(3).map {
                Diagnostic(code: bounded($0.code ?? ""), message: bounded($0.message ?? ""))
            }
        }
        if let type = document.type {
            return [Diagnostic(code: bounded(type), message: bounded(document.message ?? "without a message"))]
        }
        let message = document.message ?? document.errorDescription ?? document.details ?? document.error
        return message.map { [Diagnostic(message: bounded($0))] } ?? []
    }

    private static func bounded(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(200).map { $0.value < 32 || $0.value == 127 ? " " : String($0) }
        return visible.joined() + (text.unicodeScalars.count > 200 ? "…" : "")
    }
}

/// The error bodies that are known, in one: every key may be absent, or of another type.
private struct ErrorDocument: Decodable {
    struct Entry: Decodable {
        var code: String?
        var message: String?

        enum CodingKeys: String, CodingKey { case code, message }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            code = try? values.decodeIfPresent(String.self, forKey: .code)
            message = try? values.decodeIfPresent(String.self, forKey: .message)
        }
    }

    var errors: [Entry]?
    /// AWS's code: `com.amazonaws.ecr#ThrottlingException` or what follows the mark.
    var type: String?
    var message: String?
    var details: String?
    var error: String?
    var errorDescription: String?

    enum CodingKeys: String, CodingKey {
        case errors
        case type = "__type"
        case message
        case details
        case error
        case errorDescription = "error_description"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        // What is of another type says nothing; the status tells what happened.
        errors = try? values.decodeIfPresent([Entry].self, forKey: .errors)
        let code = try? values.decodeIfPresent(String.self, forKey: .type)
        type = code?.split(separator: "#").last.map { String($0) }
        message = try? values.decodeIfPresent(String.self, forKey: .message)
        details = try? values.decodeIfPresent(String.self, forKey: .details)
        error = try? values.decodeIfPresent(String.self, forKey: .error)
        errorDescription = try? values.decodeIfPresent(String.self, forKey: .errorDescription)
    }
}
