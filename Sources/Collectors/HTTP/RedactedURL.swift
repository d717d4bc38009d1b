import Foundation

/// Query items whose values may be shown: none of them can hold a secret.
private let harmlessItems: Set<Substring> = [
    "n", "last", "page", "page_size", "scope", "service", "type", "all", "digests", "shared-size", "size", "filters",
    "artifactType", "manifests", "verbose", "external", "limit", "pageSize", "with_tag", "onlyActiveTags",
]

/// An address as it may be shown: without user and password, without fragment, and with the values of query items that
/// are not known to be harmless taken away (signed addresses of object stores carry their right in the query).
package func redactedURL(_ text: String) -> String {
    var rest = text.prefix { $0 != "#" }
    var query: Substring?
    if let mark = rest.firstIndex(of: "?") {
        query = rest[rest.index(after: mark)...]
        rest = rest[..<mark]
    }
    var shown = String(rest)
    if let start = rest.range(of: "://")?.upperBound {
        let authorityEnd = rest[start...].firstIndex(of: "/") ?? rest.endIndex
        if let at = rest[start..<authorityEnd].lastIndex(of: "@") {
            shown = String(rest[..<start]) + String(rest[rest.index(after: at)...])
        }
    }
    guard let query else { return shown }
    let items = query.split(separator: "&").map { item -> String in
        let name = item.prefix { $0 != "=" }
        return harmlessItems.contains(name) || name.count == item.count ? String(item) : "\(name)=…"
    }
    return shown + "?" + items.joined(separator: "&")
}
