package import Foundation
import ImageModel

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
