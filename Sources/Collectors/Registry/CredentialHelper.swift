import Foundation
import ImageModel

/// Asks a credential helper, `docker-credential-NAME get` (docker-credential-helpers): the registry's key on standard
/// input, JSON on standard output, both bounded, within a time.
struct CredentialHelper: Sendable {
    private struct Answer: Decodable {
        var username: String
        var secret: String

        enum CodingKeys: String, CodingKey {
            case username = "Username"
            case secret = "Secret"
        }
    }

    private static let notFound = "credentials not found in native keychain"
    private static let byteLimit = 1 << 20
    let environment: [String: String]
    let timeout: Duration

    /// The credentials that the helper holds; ``Credentials/anonymous`` when it has none. Throws ``RegistryError``.
    func credentials(from name: String, for key: String) async throws -> Credentials {
        let program = "docker-credential-\(name)"
        guard !name.isEmpty, name.utf8.allSatisfy({ isNamePart($0) }), let path = find(program) else {
            throw RegistryError(
                .credentials, "the credential helper \(quoted(program)) is not in PATH; install it or log in again")
        }
        let (status, output) = try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: waiting for a child must not hold up the cooperative pool.
            Thread.detachNewThread { continuation.resume(with: Result { try self.run(path, input: key) }) }
        }
        guard status == 0 else {
            let said = String(decoding: output.prefix(4096), as: UTF8.self)
            if said.trimmingCharacters(in: .whitespacesAndNewlines) == Self.notFound { return .anonymous }
            throw RegistryError(.credentials, "\(program) failed with status \(status); run it by hand to see why")
        }
        guard
            let answer = try? DocumentParser.decode(
                Answer.self, from: output, as: .document, limit: Self.byteLimit)
        else { throw RegistryError(.credentials, "\(program) did not answer as a credential helper does") }
        if answer.username == "<token>" { return .identityToken(answer.secret) }
        return answer.username.isEmpty && answer.secret.isEmpty
            ? .anonymous : .basic(username: answer.username, password: answer.secret)
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || "._-".utf8.contains(byte)
    }

    private func find(_ program: String) -> String? {
        (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func run(_ path: String, input: String) throws -> (Int32, Data) {
        let child = try ChildProcess.start(
            path, arguments: ["get"], environment: environment, input: Array(input.utf8.prefix(4096)))
        let end = ContinuousClock.now + timeout
        guard let output = child.output(limit: Self.byteLimit, until: end), let status = child.wait(until: end) else {
            child.end()
            throw RegistryError(
                .credentials, "\(path) did not answer within \(timeout); run it by hand to see why")
        }
        return (status, output)
    }
}
