import Figures
import Foundation

/// Durations for people to read.
package enum SecondsFormat {
    /// `0.34 s`, `12.3 s`, `3 min 20 s`, `1 h 5 min`, `2 d 3 h`. A space that does not break stands before each unit.
    package static func human(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "–" }
        let sign = seconds < 0 ? "-" : ""
        let size = abs(seconds)
        if size == 0 { return "0\u{a0}s" }
        if size < 0.005 { return sign + "<\u{a0}0.01\u{a0}s" }
        if size < 9.995 { return sign + String(format: "%.2f", size) + "\u{a0}s" }
        if size < 99.95 { return sign + String(format: "%.1f", size) + "\u{a0}s" }
        let whole = Int(size.rounded())
        if whole < 3600 { return sign + two((whole / 60, "min"), (whole % 60, "s")) }
        let minutes = Int((size / 60).rounded())
        if minutes < 48 * 60 { return sign + two((minutes / 60, "h"), (minutes % 60, "min")) }
        let hours = Int((size / 3600).rounded())
        return sign + two((hours / 24, "d"), (hours % 24, "h"))
    }

    /// A mark of an axis: `0.5 s`, `2.5 min`, `4 h`.
    static func mark(_ seconds: Double) -> String {
        let (size, unit) =
            seconds >= 3600 ? (seconds / 3600, "h") : seconds >= 60 ? (seconds / 60, "min") : (seconds, "s")
        var text = String(format: "%.2f", size)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return "\(text)\u{a0}\(unit)"
    }

    /// The least round number of seconds that is not below.
    static func roundUp(_ seconds: Double) -> Double {
        let round: [Double] = [
            0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400,
            21600, 43200, 86400,
        ]
        if let found = round.first(where: { $0 >= seconds }) { return found }
        return (seconds / 86400).rounded(.up) * 86400
    }

    private static func two(_ large: (Int, String), _ small: (Int, String)) -> String {
        let start = "\(CountFormat.grouped(Int64(large.0)))\u{a0}\(large.1)"
        return small.0 == 0 ? start : "\(start)\u{a0}\(small.0)\u{a0}\(small.1)"
    }
}

extension RatioFormat {
    /// A rate from 0 to 1 as a percentage: `65 %`, `0.4 %`. Never `100 %` for less, nor `0 %` for more than nothing.
    package static func percent(_ rate: Double) -> String {
        guard rate.isFinite else { return "–" }
        if rate > 0, rate < 0.001 { return "< 0.1 %" }
        if rate > 0.995, rate < 1 { return "> 99 %" }
        let tenths = (rate * 1000).rounded()
        let isSmall = tenths < 100 && tenths > 0
        return String(format: isSmall ? "%.1f %%" : "%.0f %%", rate * 100)
    }
}

extension Value {
    /// A number, whole or not.
    var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number) where number.isFinite: number
        default: nil
        }
    }
}
