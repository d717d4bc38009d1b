package import Foundation
package import ImageModel

/// Something that a registry told of by itself: a manifest was pushed, pulled or deleted.
package struct RegistryEvent: Sendable, Equatable {
    /// What was done.
    package enum Kind: String, Sendable, CaseIterable {
        case push
        case pull
        case delete
    }

    /// The same whenever the registry tells of it again. Of up to 200 bytes.
    package var id: String
    package var occurredAt: Date
    package var repository: String
    package var digest: Digest
    /// The tag that was used; nil when it was done by digest.
    package var tag: String?
    package var kind: Kind

    package init(id: String, occurredAt: Date, repository: String, digest: Digest, tag: String? = nil, kind: Kind) {
        self.id = id
        self.occurredAt = occurredAt
        self.repository = repository
        self.digest = digest
        self.tag = tag
        self.kind = kind
    }
}

/// A notification that cannot be read.
package struct RegistryEventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    package enum Kind: Sendable, Equatable {
        /// More bytes than ``RegistryEvent/byteLimit``.
        case tooLarge
        /// The content type is none of a registry's.
        case unknownType
        /// The body is not what its type says.
        case invalid
        /// A registry's notification that tells no digests.
        case withoutDigests
    }

    package var kind: Kind
    /// What is wrong and what to do, lower-case. Quotes the body as far as it must.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}

extension RegistryEvent {
    /// The largest notification that is read, in bytes. A registry sends some hundred events at once at most.
    package static let byteLimit = 4 << 20

    private struct Head: Decodable {
        var hasEvents: Bool
        var isCloudEvent: Bool
        var isHarbor: Bool
        var isQuay: Bool

        enum CodingKeys: String, CodingKey {
            case events
            case specversion
            case eventData = "event_data"
            case updatedTags = "updated_tags"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            hasEvents = values.contains(.events)
            isCloudEvent = values.contains(.specversion)
            isHarbor = values.contains(.eventData)
            isQuay = values.contains(.updatedTags)
        }
    }

    /// Reads the body of a notification: distribution's envelope of events, or Harbor's webhook in either of its formats.
    ///
    /// Only what was done to manifests is returned; a notification of anything else gives nothing. Whoever keeps the
    /// events drops those whose id came before: registries send again what was not answered.
    ///
    /// - Throws: ``RegistryEventError``.
    package static func parse(_ body: Data, contentType: String?) throws(RegistryEventError) -> [RegistryEvent] {
        guard body.count <= byteLimit else {
            throw RegistryEventError(.tooLarge, "the notification is larger than \(byteLimit) bytes")
        }
        let type = contentType.map { MediaType($0).rawValue } ?? ""
        switch type {
        case "application/vnd.docker.distribution.events.v1+json",
            "application/vnd.docker.distribution.events.v2+json":
            return try DistributionNotification.events(in: body)
        case "application/cloudevents+json": return try HarborNotification.cloudEvents(in: body)
        case "application/json", "":
            let head = try decode(Head.self, from: body)
            if head.hasEvents { return try DistributionNotification.events(in: body) }
            if head.isCloudEvent { return try HarborNotification.cloudEvents(in: body) }
            if head.isHarbor { return try HarborNotification.events(in: body) }
            if head.isQuay {
                throw RegistryEventError(
                    .withoutDigests, "Quay's notifications tell no digests; collect with its activity instead")
            }
            throw RegistryEventError(.unknownType, "the JSON is no notification of distribution or Harbor")
        default:
            throw RegistryEventError(.unknownType, "\(quoted(type)) is no type of a registry's notifications")
        }
    }

    /// Decodes JSON; what fails tells the place.
    static func decode<T: Decodable>(_ type: T.Type, from body: Data) throws(RegistryEventError) -> T {
        do {
            return try DocumentParser.decode(type, from: body, as: .document, limit: byteLimit)
        } catch {
            throw RegistryEventError(.invalid, "the notification is not usable: \(error)")
        }
    }

    /// An event of what a notification says, checked.
    static func checked(
        id: String, occurredAt: Date?, repository: String?, digest: Digest, tag: String?, kind: Kind
    ) throws(RegistryEventError) -> RegistryEvent {
        guard !id.isEmpty, id.utf8.count <= 200, id.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
        else { throw RegistryEventError(.invalid, "an event's id is empty, too long or not visible") }
        guard let occurredAt else { throw RegistryEventError(.invalid, "event \(quoted(id)) has no time") }
        guard let repository, ImageReference.isPath(repository) else {
            throw RegistryEventError(.invalid, "event \(quoted(id)) names no repository")
        }
        // A pull by digest puts the digest here (Harbor).
        let tag = tag.flatMap { ImageReference.isTag($0) ? $0 : nil }
        return RegistryEvent(
            id: id, occurredAt: occurredAt, repository: repository, digest: digest, tag: tag, kind: kind)
    }
}
