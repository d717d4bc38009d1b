import Foundation
import ImageModel

/// Harbor's webhooks (src/pkg/notifier/formats): its own format, and CloudEvents.
enum HarborNotification {
    private struct Payload: Decodable {
        var type: String
        var occur_at: Double?
        var event_data: EventData?
    }

    private struct CloudEvent: Decodable {
        var id: String
        var type: String
        var time: String?
        var data: EventData?
    }

    private struct EventData: Decodable {
        struct Resource: Decodable {
            var digest: String?
            var tag: String?
        }
        struct Repository: Decodable { var repo_full_name: String? }
        var resources: [Resource]?
        var repository: Repository?
    }

    static func events(in body: Data) throws(RegistryEventError) -> [RegistryEvent] {
        let payload = try RegistryEvent.decode(Payload.self, from: body)
        let kinds: [String: RegistryEvent.Kind] = [
            "PUSH_ARTIFACT": .push, "PULL_ARTIFACT": .pull, "DELETE_ARTIFACT": .delete,
        ]
        guard let kind = kinds[payload.type] else { return [] }
        let time = payload.occur_at.flatMap {
            (1...253_402_300_799).contains($0) ? Date(timeIntervalSince1970: $0) : nil
        }
        // The format has no ids; what is sent again is the same to the byte.
        return try events(payload.event_data, id: Digest.of(body).hex, time: time, kind: kind)
    }

    static func cloudEvents(in body: Data) throws(RegistryEventError) -> [RegistryEvent] {
        let event = try RegistryEvent.decode(CloudEvent.self, from: body)
        let kinds: [String: RegistryEvent.Kind] = [
            "harbor.artifact.pushed": .push, "harbor.artifact.pulled": .pull, "harbor.artifact.deleted": .delete,
        ]
        guard let kind = kinds[event.type] else { return [] }
        return try events(event.data, id: event.id, time: Timestamp.parse(event.time), kind: kind)
    }

    private static func events(
        _ data: EventData?, id: String, time: Date?, kind: RegistryEvent.Kind
    ) throws(RegistryEventError) -> [RegistryEvent] {
        let resources = data?.resources ?? []
        var found: [RegistryEvent] = []
        for (position, resource) in resources.enumerated() {
            guard let text = resource.digest, !text.isEmpty else { continue }
            guard let digest = try? Digest(text) else {
                throw RegistryEventError(.invalid, "event \(quoted(id)) has an unusable digest \(quoted(text))")
            }
            found.append(
                try RegistryEvent.checked(
                    id: resources.count == 1 ? id : "\(id)/\(position)", occurredAt: time,
                    repository: data?.repository?.repo_full_name, digest: digest, tag: resource.tag, kind: kind))
        }
        return found
    }
}
