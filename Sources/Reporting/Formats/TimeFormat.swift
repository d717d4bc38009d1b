package import Foundation

/// Points in time, always in UTC.
package enum TimeFormat {
    /// RFC 3339 in whole seconds: `2018-01-29T08:28:00Z`. Times before the year 1 or after 9999 are not known as
    /// calendar dates and give nil.
    package static func rfc3339(_ time: Date) -> String? {
        guard let parts = CivilTime(time) else { return nil }
        return "\(parts.date)T\(parts.clock)Z"
    }

    /// As Docker prints `CreatedAt`: `2018-01-29 08:28:00 +0000 UTC`.
    package static func docker(_ time: Date) -> String? {
        guard let parts = CivilTime(time) else { return nil }
        return "\(parts.date) \(parts.clock) +0000 UTC"
    }

    /// For people: `29 January 2018, 08:28 UTC`.
    package static func long(_ time: Date) -> String? {
        guard let parts = CivilTime(time) else { return nil }
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return "\(parts.day) \(months[parts.month - 1]) \(parts.year), \(parts.clock.prefix(5)) UTC"
    }

    /// How long ago, in the words of docker/go-units `HumanDuration`: `3 weeks ago`, `About an hour ago`.
    package static func since(_ time: Date, now: Date) -> String {
        let seconds = now.timeIntervalSince(time)
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "N/A" }
        return duration(seconds: Int(seconds)) + " ago"
    }

    /// A duration in the words of docker/go-units `HumanDuration`.
    package static func duration(seconds: Int) -> String {
        let minutes = seconds / 60
        // go-units rounds hours to the nearest.
        let hours = (seconds + 1800) / 3600
        switch true {
        case seconds < 1: return "Less than a second"
        case seconds == 1: return "1 second"
        case seconds < 60: return "\(seconds) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case hours < 24 * 7 * 2: return "\(hours / 24) days"
        case hours < 24 * 30 * 2: return "\(hours / 24 / 7) weeks"
        case hours < 24 * 365 * 2: return "\(hours / 24 / 30) months"
        default: return "\(hours / 24 / 365) years"
        }
    }
}

/// A date and a time of day in UTC, by the proleptic Gregorian calendar (days-from-civil, as in Howard Hinnant's
/// calendar algorithms): quicker than a calendar object for tables of many rows.
struct CivilTime {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    init?(_ time: Date) {
        let interval = time.timeIntervalSince1970
        guard interval.isFinite, interval >= -62_135_596_800, interval < 253_402_300_800 else { return nil }
        let seconds = Int(interval.rounded(.down))
        var days = seconds / 86400
        var rest = seconds % 86400
        if rest < 0 {
            rest += 86400
            days -= 1
        }
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
    var clock: String { "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
