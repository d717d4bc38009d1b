import Foundation
import ImageModel
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2026-11-23T21:07:00Z", 1_795_468_020), ("2000-02-29T23:59:59Z", 951_868_799),
        ("2015-10-31T22:22:56.015925234Z", 1_446_330_176.015925), ("2024-01-29T17:10:00+05:30", 1_706_528_400),
        ("2024-01-29T17:10:00-08:00", 1_706_577_000), ("1969-12-31T23:59:59Z", -1),
        ("1600-03-01T00:00:00Z", -11_670_912_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800), ("2024-01-29t17:10:00.5z", 1_706_548_200.5),
    ]) func `an RFC 3339 time is read`(text: String, seconds: Double) throws {
        let date = try #require(Timestamp.parse(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_001)
    }

    @Test(arguments: [
        "", "0001-01-01T00:00:00Z", "2024-01-29", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-01-29T24:00:00Z", "2024-01-29T17:10:00", "2024-01-29T17:10:00.Z", "2024-01-29T17:10:00.1234567890Z",
        "2024-01-29T17:10:00Zx", "2024-1-29T17:10:00Z", "+024-01-29T17:10:00Z", "2024-01-29T17:10:00+5:30", "gestern",
    ]) func `what is no time, or Go's zero time, is nil`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }
}
