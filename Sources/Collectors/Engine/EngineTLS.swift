import Foundation
import NIOSSL

/// TLS material of an engine's endpoint, as paths: read when a connection is made.
package struct EngineTLS: Hashable, Sendable {
    /// A PEM file with the authorities to trust; nil for the system's.
    package var authority: String?
    /// A PEM file with our certificate.
    package var certificate: String?
    /// A PEM file with our private key, not encrypted.
    package var key: String?
    /// Whether the engine's certificate is checked.
    package var verifies: Bool

    package init(authority: String? = nil, certificate: String? = nil, key: String? = nil, verifies: Bool = true) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
        self.verifies = verifies
    }

    /// The files `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they exist (docker, `DOCKER_CERT_PATH`).
    package init(folder: String, verifies: Bool = true) {
        func file(_ name: String) -> String? {
            let path = folder + "/" + name
            return FileManager.default.fileExists(atPath: path) ? path : nil
        }
        self.init(
            authority: file("ca.pem"), certificate: file("cert.pem"), key: file("key.pem"), verifies: verifies)
    }

    var isEmpty: Bool { authority == nil && certificate == nil && key == nil }

    /// The configuration for a connection. Throws ``EngineError`` when a file cannot be read or half is missing.
    func configuration(for subject: String) throws(EngineError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !verifies { configuration.certificateVerification = .none }
        if let authority {
            try require(authority, subject) {
                configuration.trustRoots = .file(authority); _ = try NIOSSLCertificate.fromPEMFile(authority)
            }
        }
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            try require(certificate, subject) {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            }
            try require(key, subject) {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            }
        default:
            throw EngineError(
                .configuration, subject, "has a client certificate without its key, or a key without a certificate",
                hint: "put cert.pem and key.pem side by side")
        }
        return configuration
    }

    private func require(_ file: String, _ subject: String, _ body: () throws -> Void) throws(EngineError) {
        do {
            try body()
        } catch {
            throw EngineError(
                .configuration, subject, "TLS file \(file) cannot be read",
                hint: "check that it is a PEM file without a passphrase, and who may read it")
        }
    }
}
