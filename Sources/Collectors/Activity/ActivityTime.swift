import Foundation
import ImageModel

/// A moment as the products' APIs write it: RFC 3339. Null, empty text and Go's zero time (year 1, which Harbor says of
/// what was never pulled) mean that there is none. Text that is no time fails.
struct ActivityTime: Decodable, Sendable {
    let date: Date?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard !container.decodeNil() else {
            date = nil
            return
        }
        let text = try container.decode(String.self)
        date = Timestamp.parse(text)
        guard date != nil || text.isEmpty || text.hasPrefix("0001-01-01") else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no RFC 3339 time")
        }
    }
}

/// A moment in seconds since 1970, whole (Quay) or with a fraction (ECR). Zero means that there is none.
struct ActivitySeconds: Decodable, Sendable {
    let date: Date?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let seconds = try container.decode(Double.self)
        // To the year 9999: what databases and calendars hold.
        guard (0...253_402_300_799).contains(seconds) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time in seconds")
        }
        date = seconds > 0 ? Date(timeIntervalSince1970: seconds) : nil
    }
}

/// A digest that an API may leave empty.
struct ActivityDigest: Decodable, Sendable {
    let digest: Digest?

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        digest = text.isEmpty ? nil : try Digest(from: decoder)
    }
}
