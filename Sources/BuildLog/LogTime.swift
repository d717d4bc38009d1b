/// Reads a point in time at the beginning of bytes: `2024-05-15T08:46:10.2041056Z`, with a space in place of the `T`,
/// with `+02:00`, ` +0000` or nothing for the zone (taken as UTC).
enum LogTime {
    /// Nanoseconds since 1970, and how many bytes it took; nil when the bytes begin with none.
    static func parse(_ bytes: ArraySlice<UInt8>) -> (nanoseconds: Int64, length: Int)? {
        bytes.withUnsafeBufferPointer(parse)
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (nanoseconds: Int64, length: Int)? {
        guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let year = number(bytes, 0, 4), let month = number(bytes, 5, 2),
            let day = number(bytes, 8, 2), let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2),
            let second = number(bytes, 17, 2), (1970...2200).contains(year), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",") {
            index += 1
            var unit: Int64 = 100_000_000
            while index < bytes.count, let digit = bytes[index].digit {
                fraction += Int64(digit) * unit
                unit /= 10
                index += 1
            }
        }
        let (zone, end) = zone(bytes, from: index)
        let seconds = Int64(days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone)
        return (seconds * 1_000_000_000 + fraction, end)
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<(start + count) {
            guard let digit = bytes[index].digit else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Seconds east of Greenwich, and where the zone ends.
    private static func zone(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (Int, Int) {
        guard start < bytes.count else { return (0, start) }
        if bytes[start] == UInt8(ascii: "Z") { return (0, start + 1) }
        let index = bytes[start] == UInt8(ascii: " ") ? start + 1 : start
        guard index + 5 <= bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
            let hours = number(bytes, index + 1, 2)
        else { return (0, start) }
        let hasColon = bytes[index + 3] == UInt8(ascii: ":")
        let second = index + (hasColon ? 4 : 3)
        guard second + 2 <= bytes.count, let minutes = number(bytes, second, 2), hours < 24, minutes < 60 else {
            return (0, start)
        }
        let offset = hours * 3600 + minutes * 60
        return (bytes[index] == UInt8(ascii: "-") ? -offset : offset, second + 2)
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
