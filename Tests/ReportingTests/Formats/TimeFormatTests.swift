import Foundation
import Reporting
import Testing

@Suite struct TimeFormatTests {
    @Test(
        arguments: [
            (0.0, "1970-01-01T00:00:00Z"), (1_517_214_480, "2018-01-29T08:28:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        ])
    func `times are printed by RFC 3339`(seconds: Double, expected: String) {
        #expect(TimeFormat.rfc3339(Date(timeIntervalSince1970: seconds)) == expected)
    }

    @Test func `a time without a calendar date is not printed`() {
        #expect(TimeFormat.rfc3339(.distantFuture.addingTimeInterval(1e15)) == nil)
        #expect(TimeFormat.rfc3339(Date(timeIntervalSince1970: .nan)) == nil)
    }

    @Test func `dates agree with the calendar of Foundation`() {
        let formatter = ISO8601DateFormatter()
        for step in stride(from: -60_000_000_000.0, through: 60_000_000_000, by: 777_777_777) {
            let time = Date(timeIntervalSince1970: step)
            // Foundation's calendar is Julian before 1582.
            guard step > -12_219_292_800 else { continue }
            #expect(TimeFormat.rfc3339(time) == formatter.string(from: time))
        }
    }

    /// docker/go-units, `HumanDuration`.
    @Test(
        arguments: [
            (0, "Less than a second"), (1, "1 second"), (45, "45 seconds"), (60, "About a minute"),
            (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"), (3600 * 47, "47 hours"),
            (3600 * 48, "2 days"), (86400 * 13, "13 days"), (86400 * 14, "2 weeks"), (86400 * 59, "8 weeks"),
            (86400 * 60, "2 months"), (86400 * 400, "13 months"), (86400 * 730, "2 years"),
        ])
    func `durations are said in Docker's words`(seconds: Int, expected: String) {
        #expect(TimeFormat.duration(seconds: seconds) == expected)
    }
}
