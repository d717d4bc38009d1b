import Foundation
import ImageModel

/// Events of distribution (notifications/event.go; docs: "Work with notifications"), one envelope with some.
enum DistributionNotification {
    private struct Envelope: Decodable { var events: [Event]? }

    private struct Event: Decodable {
        struct Target: Decodable {
            var mediaType: MediaType?
            var digest: String?
            var repository: String?
            var tag: String?
            var references: [Reference]?
        }
        struct Reference: Decodable { var digest: String? }
        struct Request: Decodable {
            var addr: String?
            var method: String?
            var useragent: String?
        }
        var id: String
        var timestamp: String?
        var action: String
        var target: Target?
        var request: Request?
    }

    /// What our own collectors say they are: that we read a manifest is no use of it.
    private static let ourselves = "layerscope"

    static func events(in body: Data) throws(RegistryEventError) -> [RegistryEvent] {
        let events = (try RegistryEvent.decode(Envelope.self, from: body).events ?? []).filter(isOfManifest)
        // Who pulls an index pulls one of its entries, too: of one client's pulls the index is the one that counts.
        // Registries tell of entries only when they are told to (`includereferences`).
        var entries: Set<String> = []
        for event in events where event.action == "pull" && event.target?.mediaType?.isIndex == true {
            for reference in event.target?.references ?? [] {
                entries.insert("\(client(of: event)) \(reference.digest ?? "")")
            }
        }
        var found: [RegistryEvent] = []
        for event in events {
            guard let kind = kind(of: event), let target = event.target, let text = target.digest, !text.isEmpty else {
                continue
            }
            if kind == .pull, target.tag == nil, entries.contains("\(client(of: event)) \(text)") { continue }
            guard let digest = try? Digest(text) else {
                throw RegistryEventError(.invalid, "event \(quoted(event.id)) has an unusable digest \(quoted(text))")
            }
            found.append(
                try RegistryEvent.checked(
                    id: event.id, occurredAt: Timestamp.parse(event.timestamp), repository: target.repository,
                    digest: digest, tag: target.tag, kind: kind))
        }
        return found
    }

    /// Blobs are pulled and pushed as octets. Deletions have no type: a tag's has no digest, and a blob's, which clients
    /// hardly ever ask for, is told from a manifest's by whoever knows the digest.
    private static func isOfManifest(_ event: Event) -> Bool {
        if event.action == "delete" { return true }
        guard let type = event.target?.mediaType else { return false }
        return MediaType.manifests.contains(type)
    }

    private static func kind(of event: Event) -> RegistryEvent.Kind? {
        switch (event.action, event.request?.method) {
        // A HEAD is told as a pull, for it is answered by the same code.
        case ("pull", "GET"): event.request?.useragent == ourselves ? nil : .pull
        case ("push", "PUT"): .push
        case ("delete", _): .delete
        default: nil
        }
    }

    private static func client(of event: Event) -> String {
        let address = event.request?.addr ?? ""
        // Without the port: a client may use a connection for each request.
        let host = address.lastIndex(of: ":").map { address[..<$0] } ?? address[...]
        return "\(host) \(event.target?.repository ?? "")"
    }
}
