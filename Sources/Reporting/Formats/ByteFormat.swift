import Foundation

/// Which units sizes are printed in.
package enum ByteUnits: String, Sendable, CaseIterable {
    /// Decimal, as Docker prints sizes: kB, MB, GB.
    case si
    /// Binary: KiB, MiB, GiB.
    case iec

    var base: UInt64 { self == .si ? 1000 : 1024 }

    var names: [String] {
        switch self {
        case .si: ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        case .iec: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        }
    }
}

/// Sizes for people to read: four significant digits, without trailing zeros, as `HumanSizeWithPrecision` of
/// docker/go-units prints them (`8.512MB`, `48.5MB`, `0B`; also its `1000kB` for 999,999 bytes).
package enum ByteFormat {
    /// The size with its unit; `separator` stands between the two (Docker has none).
    package static func human(
        _ bytes: Int64, units: ByteUnits = .si, digits: Int = 4, separator: String = ""
    ) -> String {
        let sign = bytes < 0 ? "-" : ""
        let size = bytes.magnitude
        var exponent = 0
        var unit: UInt64 = 1
        while size / unit >= units.base, exponent + 1 < units.names.count {
            unit *= units.base
            exponent += 1
        }
        let whole = size / unit
        let decimals = max(0, digits - String(whole).count)
        return sign + quotient(size, unit, decimals: decimals) + separator + units.names[exponent]
    }

    /// `size ÷ unit` rounded to so many decimals, trailing zeros dropped. Integers alone, except that an exact tie falls
    /// the way it falls in go-units, which divides in floating point.
    private static func quotient(_ size: UInt64, _ unit: UInt64, decimals: Int) -> String {
        var power: UInt64 = 1
        for _ in 0..<decimals { power *= 10 }
        let scaled = size.multipliedFullWidth(by: power)
        var (result, remainder) = unit.dividingFullWidth((scaled.high, scaled.low))
        let twice = remainder.multipliedReportingOverflow(by: 2)
        if twice.overflow || twice.partialValue > unit {
            result += 1
        } else if twice.partialValue == unit, tieRoundsUp(size, unit, floor: result, decimals: decimals) {
            result += 1
        }
        remainder = result % power
        guard remainder > 0 else { return String(result / power) }
        var fraction = String(remainder)
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(result / power).\(fraction)"
    }

    private static func tieRoundsUp(_ size: UInt64, _ unit: UInt64, floor: UInt64, decimals: Int) -> Bool {
        let base: UInt64 = unit % 1000 == 0 ? 1000 : 1024
        var value = Double(size)
        while value >= Double(base) { value /= Double(base) }
        let printed = String(format: "%.\(decimals)f", value).filter { $0 != "." }
        return UInt64(printed).map { $0 > floor } ?? false
    }
}

/// Whole numbers for people to read.
package enum CountFormat {
    /// With a comma at every third digit: `1,953`.
    package static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }
}

/// Ratios for people to read.
package enum RatioFormat {
    /// Two decimals: `3.19`.
    package static func decimals(_ ratio: Double) -> String {
        ratio.isFinite ? String(format: "%.2f", ratio) : "N/A"
    }

    /// The part of a whole as a percentage, in integers: `65 %`, `0.4 %`, `< 0.1 %`; nil when the whole is nothing.
    package static func percent(_ part: Int64, of whole: Int64) -> String? {
        guard whole > 0, part >= 0 else { return nil }
        let scaled = UInt64(part).multipliedFullWidth(by: 1000)
        guard scaled.high < UInt64(whole) else { return nil }
        let tenths = UInt64(whole).dividingFullWidth(scaled).quotient
        if part > 0, tenths == 0 { return "< 0.1 %" }
        return tenths >= 100 || tenths == 0 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}
