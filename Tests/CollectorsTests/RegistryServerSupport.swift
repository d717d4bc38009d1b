import Foundation
import ImageModel
import TestSupport
import Testing

/// Runs a program to its end and returns what it printed.
@discardableResult
func run(_ program: String, _ arguments: [String], input: Data? = nil) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/" + program)
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    if let input { try stdin.fileHandleForWriting.write(contentsOf: input) }
    try stdin.fileHandleForWriting.close()
    try process.run()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments.first ?? "") failed")
    return output
}

/// Whether all the programs are installed.
func areInstalled(_ programs: String...) -> Bool {
    programs.allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0) }
}

/// A certificate for 127.0.0.1 that vouches for itself.
func makeCertificate(in folder: ScratchFolder) throws -> ServerCertificate {
    let (certificate, key) = (folder("cert.pem"), folder("key.pem"))
    try run(
        "openssl",
        [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key.path, "-out", certificate.path,
        ])
    return ServerCertificate(certificate: certificate, key: key)
}

extension Data {
    /// Base64 as tokens write it (RFC 4648, section 5, without padding).
    var base64URL: String {
        base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}

/// Signs the tokens that a real registry checks (distribution: docs/spec/auth/jwt.md).
struct TokenSigner: Sendable {
    let certificate: ServerCertificate
    let service = "registry"
    let issuer = "test"

    /// A token for a scope `type:name:actions`; none of the rights without one.
    func token(scope: String?) throws -> String {
        let der = try run("openssl", ["x509", "-in", certificate.certificate.path, "-outform", "DER"])
        let now = Int(Date().timeIntervalSince1970)
        let rights = scope.map { scope -> String in
            let parts = scope.split(separator: ":").map(String.init)
            let actions = (parts.last ?? "").split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
            return
                #"{"type":"\#(parts[0])","name":"\#(parts[1..<parts.count - 1].joined(separator: ":"))","actions":[\#(actions)]}"#
        }
        let header = #"{"typ":"JWT","alg":"RS256","x5c":["\#(der.base64EncodedString())"]}"#
        let claims = #"""
            {"iss":"\#(issuer)","sub":"ann","aud":"\#(service)","exp":\#(now + 300),"nbf":\#(now - 30),"iat":\#(now),"jti":"1","access":[\#(rights ?? "")]}
            """#
        let signed = Data(header.utf8).base64URL + "." + Data(claims.utf8).base64URL
        let signature = try run(
            "openssl", ["dgst", "-sha256", "-sign", certificate.key.path], input: Data(signed.utf8))
        return signed + "." + signature.base64URL
    }
}
