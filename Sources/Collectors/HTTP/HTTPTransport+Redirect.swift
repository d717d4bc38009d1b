import Foundation
import NIOHTTP1

extension HTTPTransport {
    /// `scheme://host[:port]` of an address, lower-case, with the scheme's own port left out.
    static func origin(of url: String) -> String {
        guard let mark = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return "" }
        let rest = url[mark...].dropFirst(3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let scheme = url[..<mark].lowercased()
        let host = authority.lowercased()
        let bare = scheme == "https" && host.hasSuffix(":443") ? String(host.dropLast(4)) : host
        return scheme + "://" + (scheme == "http" && bare.hasSuffix(":80") ? String(bare.dropLast(3)) : bare)
    }

    /// The address that a redirect leads to. Throws ``HTTPFailure`` when it is no address to follow: another scheme, or
    /// from HTTPS to HTTP.
    static func target(of location: String, from url: String, method: HTTPMethod) throws -> String {
        func failure(_ reason: String) -> HTTPFailure {
            HTTPFailure(method: method.rawValue, url: url, reason: .badRedirect(reason))
        }
        guard method == .GET || method == .HEAD else { throw failure("a \(method.rawValue) is not sent elsewhere") }
        guard location.utf8.count <= 8192, let base = URL(string: url),
            let target = URL(string: location, relativeTo: base)?.absoluteURL, target.host?.isEmpty == false
        else { throw failure("its location is no address") }
        guard target.scheme == "http" || target.scheme == "https" else {
            throw failure("its location is no HTTP address")
        }
        if target.scheme == "http", url.hasPrefix("https:") { throw failure("it leads from HTTPS to HTTP") }
        if target.user != nil || target.password != nil { throw failure("its location holds credentials") }
        return target.absoluteString
    }
}
