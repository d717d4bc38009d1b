import Analysis
import Figures
import Foundation
import TestSupport
import Testing

@Suite("Layers that come again with other content")
struct ChurnTests {
    private static func day(_ number: Int) -> Date { Date(timeIntervalSince1970: Double(number) * 86_400) }

    private static func layer(
        _ digest: String, _ instruction: String?, day number: Int, bytes: Int64? = 10, in repository: String = "r"
    ) -> PushedLayer {
        PushedLayer(
            repository: repository, instruction: instruction, digest: digest, bytes: bytes, firstSeen: day(number))
    }

    @Test func `only a layer that comes after another of its instruction counts, once, in its week`() {
        let found = churn([
            Self.layer("a", "/bin/sh -c make", day: 0),
            Self.layer("b", "RUN /bin/sh -c make # buildkit", day: 7, bytes: 3),
            Self.layer("b", "RUN make", day: 20, bytes: 3), Self.layer("c", "RUN make", day: 8, bytes: nil),
            Self.layer("d", nil, day: 9), Self.layer("e", "RUN make", day: 9, in: "other"),
            Self.layer("f", "RUN once", day: 9), Self.layer("g", "RUN twice", day: 9),
            Self.layer("h", "RUN twice", day: 9),
        ])
        #expect(
            found == [
                Churn(week: "1970-W02", repository: "r", instruction: "RUN make", layers: 2, bytes: 3, unknownLayers: 1)
            ])
    }

    @Test func `random pushes give what a plain count gives`() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<500 {
            let layers = (0..<Int.random(in: 0...14, using: &generator)).map { _ in
                Self.layer(
                    "\(Int.random(in: 0..<9, using: &generator))",
                    [nil, "RUN a", "RUN b", "RUN c"].randomElement(using: &generator) ?? nil,
                    day: Int.random(in: 0..<30, using: &generator),
                    in: ["r", "s"].randomElement(using: &generator) ?? "r")
            }
            var plain: [String: Int64] = [:]
            for repository in ["r", "s"] {
                let own = layers.filter { $0.repository == repository }
                let firsts = Set(own.map(\.digest)).compactMap { digest in
                    own.filter { $0.digest == digest }.min {
                        ($0.firstSeen, $0.instruction ?? "~") < ($1.firstSeen, $1.instruction ?? "~")
                    }
                }
                for layer in firsts {
                    let isAgain = firsts.contains {
                        $0.firstSeen < layer.firstSeen && $0.instruction == layer.instruction
                    }
                    guard let instruction = layer.instruction, isAgain else { continue }
                    plain["\(Self.week(layer.firstSeen)) \(repository) \(instruction)", default: 0] += 10
                }
            }
            let found = churn(layers.shuffled(using: &generator))
            #expect(
                Dictionary(
                    uniqueKeysWithValues: found.map { ("\($0.week) \($0.repository) \($0.instruction)", $0.bytes) })
                    == plain)
        }
    }

    private static func week(_ date: Date) -> String {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
        return String(format: "%d-W%02d", parts.yearForWeekOfYear ?? 0, parts.weekOfYear ?? 0)
    }

    @Test func `weeks are those of the calendar`() {
        for number in stride(from: -30_000, to: 60_000, by: 1)
        where number % 7 == 3 || number % 13 == 0 || abs(number % 365) < 9 {
            #expect(isoWeek(Self.day(number)) == Self.week(Self.day(number)))
        }
        #expect(isoWeek(Date(timeIntervalSince1970: 1_485_907_199.9)) == "2017-W05")
    }

    @Test(
        arguments: [
            ("/bin/sh -c apt-get update", "RUN apt-get update"),
            ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
            ("|2 A=b C=d e /bin/sh -c make", "RUN make"),
            ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"),
            ("/bin/sh -c #(nop) CMD [\"sh\"]", "CMD [\"sh\"]"),
            ("/bin/sh -c #(nop) COPY file:" + String(repeating: "a1", count: 32) + " in /x ", "COPY file in /x"),
            ("COPY . . # buildkit", "COPY . ."),
            ("RUN make", "RUN make"),
        ])
    func `one instruction has the same words whatever built it`(text: String, words: String) {
        #expect(instructionWords(text) == words)
    }
}
