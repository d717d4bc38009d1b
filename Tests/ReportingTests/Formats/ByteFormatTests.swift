import Reporting
import Testing

@Suite struct ByteFormatTests {
    /// Cases as docker/go-units prints them with `HumanSize` (`%.4g` of the quotient, then the unit).
    @Test(
        arguments: [
            (0, "0B"), (1, "1B"), (999, "999B"), (1000, "1kB"), (1024, "1.024kB"), (8_512_123, "8.512MB"),
            (48_500_000, "48.5MB"), (1_234_000_000, "1.234GB"), (123_456, "123.5kB"), (999_999, "1000kB"),
            (999_949, "999.9kB"), (1_000_000, "1MB"), (1_048_576, "1.049MB"), (2_746_000, "2.746MB"),
            (3_000_000_000_000, "3TB"), (3_420_000_000_000_000, "3.42PB"), (Int64.max, "9.223EB"),
            (5_372_000_000_000_000_000, "5.372EB"), (113_002_821_292, "113GB"), (-8_512_123, "-8.512MB"),
            (Int64.min, "-9.223EB"),
        ])
    func `sizes are printed as docker prints them`(bytes: Int64, expected: String) {
        #expect(ByteFormat.human(bytes) == expected)
    }

    /// Exact ties fall as the double nearest to the quotient falls under `%.4g`.
    @Test(arguments: [(1_001_500, "1.002MB"), (12_345, "12.35kB"), (12_325, "12.32kB"), (1_062_500, "1.062MB")])
    func `a tie falls as in go-units`(bytes: Int64, expected: String) {
        #expect(ByteFormat.human(bytes) == expected)
    }

    @Test(
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1_048_576, "1MiB"), (45_097_156, "43.01MiB"),
            (1_073_741_824, "1GiB"), (1_572_864, "1.5MiB"), (1_048_575, "1024KiB"), (Int64.max, "8EiB"),
        ])
    func `binary units are printed as BytesSize prints them`(bytes: Int64, expected: String) {
        #expect(ByteFormat.human(bytes, units: .iec) == expected)
    }

    @Test func `a separator stands between the number and its unit`() {
        #expect(ByteFormat.human(104_300_000_000, digits: 4, separator: " ") == "104.3 GB")
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "-12,345")])
    func `counts have a comma at every third digit`(number: Int64, expected: String) {
        #expect(CountFormat.grouped(number) == expected)
    }

    @Test(
        arguments: [
            (0, 10, "0 %"), (1, 10_000_000, "< 0.1 %"), (65, 100, "65 %"), (4, 1000, "0.4 %"), (100, 100, "100 %"),
            (Int64.max, Int64.max, "100 %"),
        ])
    func `parts of a whole`(part: Int64, whole: Int64, expected: String) {
        #expect(RatioFormat.percent(part, of: whole) == expected)
    }

    @Test func `a part of nothing is no percentage`() {
        #expect(RatioFormat.percent(0, of: 0) == nil)
        #expect(RatioFormat.decimals(.infinity) == "N/A")
    }
}
