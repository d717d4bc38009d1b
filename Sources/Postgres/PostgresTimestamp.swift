package import Foundation

/// PostgreSQL counts microseconds from 2000-01-01 00:00 UTC in 8 bytes; the ends of the range are the infinities
/// (PostgreSQL's src/include/datatype/timestamp.h).
package enum PostgresTimestamp {
    /// Seconds from 2000-01-01 to 2001-01-01, where Foundation counts from; 2000 was a leap year.
    private static let secondsToReference: Int64 = 366 * 86400

    /// The microseconds of a moment. `Date.distantFuture` and later is infinity, `Date.distantPast` and earlier
    /// minus infinity.
    package static func microseconds(_ date: Date) -> Int64 {
        if date >= .distantFuture { return .max }
        if date <= .distantPast { return .min }
        let seconds = date.timeIntervalSinceReferenceDate
        let whole = seconds.rounded(.down)
        let micro = Int64(((seconds - whole) * 1_000_000).rounded())
        return (Int64(whole) + secondsToReference) * 1_000_000 + micro
    }

    /// The moment of a count of microseconds.
    package static func date(_ microseconds: Int64) -> Date {
        switch microseconds {
        case .max: return .distantFuture
        case .min: return .distantPast
        default:
            let whole = microseconds / 1_000_000 - secondsToReference
            return Date(timeIntervalSinceReferenceDate: Double(whole) + Double(microseconds % 1_000_000) / 1_000_000)
        }
    }

    /// A day as `2024-02-29`, from the days since 2000-01-01.
    static func day(_ days: Int32) -> String {
        if days == .max { return "infinity" }
        if days == .min { return "-infinity" }
        // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
        let shifted = Int(days) + 730_425
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// An interval as PostgreSQL's own text has it: `1 mon 2 days 03:04:05.5`.
    static func interval(microseconds: Int64, days: Int32, months: Int32) -> String {
        var parts: [String] = []
        if months != 0 { parts.append("\(months) mon" + (abs(Int(months)) == 1 ? "" : "s")) }
        if days != 0 { parts.append("\(days) day" + (abs(Int(days)) == 1 ? "" : "s")) }
        if microseconds != 0 || parts.isEmpty {
            let size = microseconds.magnitude
            let seconds = size / 1_000_000
            var text = microseconds < 0 ? "-" : ""
            text +=
                "\(padded(Int(seconds / 3600), 2)):\(padded(Int(seconds / 60 % 60), 2)):\(padded(Int(seconds % 60), 2))"
            if size % 1_000_000 != 0 {
                let fraction = padded(Int(size % 1_000_000), 6)
                text += "." + fraction.replacing(/0+$/, with: "")
            }
            parts.append(text)
        }
        return parts.joined(separator: " ")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(abs(number))
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
