package import Foundation
import ImageModel
import NIOHTTP1

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date as RFC 9110, section 5.6.7 writes it.
package enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// How long to wait from `now`. Nil when the value is neither; a date that has passed is no wait.
    package static func parse(_ value: String, now: Date) -> Duration? {
        let text = value.prefix(64).split(separator: " ").joined(separator: " ")
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            // Longer than a year is as good as never.
            return .seconds(min(Int64(text) ?? .max, 31_536_000))
        }
        guard let moment = date(text) else { return nil }
        let seconds = moment.timeIntervalSince(now)
        return .milliseconds(Int64(min(max(seconds, 0), 31_536_000) * 1000))
    }

    /// How long an answer asks to wait.
    ///
    /// Beside `Retry-After` there is Docker Hub's older `X-Retry-After`, and when a limit is used up the end of its window
    /// tells it: `X-RateLimit-Reset` (Docker Hub), `RateLimit-Reset` (GitLab).
    static func asked(_ headers: HTTPHeaders, isUsedUp: Bool, now: Date) -> Duration? {
        if let asked = headers.first(name: "retry-after").flatMap({ parse($0, now: now) }) { return asked }
        let names = ["x-retry-after"] + (isUsedUp ? ["x-ratelimit-reset", "ratelimit-reset"] : [])
        return names.compactMap { headers.first(name: $0) }.compactMap { window($0, now: now) }.first
    }

    /// How long nothing more may be asked after an answer that says that the limit is used up now; nil when it is not.
    static func pause(_ headers: HTTPHeaders, now: Date) -> Duration? {
        for prefix in ["x-ratelimit", "ratelimit"] where headers.first(name: prefix + "-remaining") == "0" {
            return headers.first(name: prefix + "-reset").flatMap { window($0, now: now) }
        }
        return nil
    }

    /// The time to the end of a window: seconds since 1970, or from now.
    private static func window(_ value: String, now: Date) -> Duration? {
        guard value.utf8.count <= 16, let number = Int64(value), number >= 0 else { return nil }
        // Nobody asks to wait for thirty years.
        let seconds = number < 1_000_000_000 ? number : number - Int64(now.timeIntervalSince1970.rounded(.down))
        return .seconds(min(max(seconds, 0), 31_536_000))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return Timestamp.parse("\(year)-\(two(month + 1))-\(two(day))T\(parts[4])Z")
    }
}
