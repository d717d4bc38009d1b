import Reporting
import Testing

@Suite struct SecondsFormatTests {
    @Test(
        arguments: [
            (0, "0 s"), (0.000_001, "< 0.01 s"), (0.005, "0.01 s"), (0.34, "0.34 s"), (9.994, "9.99 s"),
            (9.996, "10.0 s"), (12.34, "12.3 s"), (99.94, "99.9 s"), (99.96, "1 min 40 s"), (200, "3 min 20 s"),
            (120, "2 min"), (3599.4, "59 min 59 s"), (3600, "1 h"), (3900, "1 h 5 min"), (200_000, "2 d 8 h"),
            (-12.34, "-12.3 s"), (.infinity, "–"),
        ] as [(Double, String)])
    func `durations are short, and nothing is rounded to zero`(seconds: Double, expected: String) {
        #expect(SecondsFormat.human(seconds) == expected.replacing(" ", with: "\u{a0}"))
    }

    @Test(
        arguments: [
            (0, "0 %"), (0.0001, "< 0.1 %"), (0.034, "3.4 %"), (0.0995, "10 %"), (0.5, "50 %"), (0.994, "99 %"),
            (0.9999, "> 99 %"), (1, "100 %"),
        ] as [(Double, String)])
    func `a rate is all or nothing only when it is`(rate: Double, expected: String) {
        #expect(RatioFormat.percent(rate) == expected)
    }
}
