import Foundation

/// A line of a program that logs with logrus, as kaniko does by `--log-format`: `INFO[0003] message`, where the number
/// counts seconds from the start or is a time (`--log-timestamp`); `time="…" level=info msg="…"`; or JSON.
struct LogrusLine {
    var level: Substring
    var message: String
    var time: Date?
    /// Whether ``time`` is a time of a clock, not counted from the program's start.
    var hasClock = true

    init?(_ line: LogLine) {
        guard let first = line.bytes.first else { return nil }
        switch first {
        case UInt8(ascii: "{"):
            guard line.bytes.starts(with: #"{"level":"#.utf8),
                let fields = try? JSONDecoder().decode(Fields.self, from: Data(line.bytes))
            else { return nil }
            self.init(level: fields.level, message: fields.msg, stamp: fields.time)
        case UInt8(ascii: "t"):
            self.init(keyed: line)
        case UInt8(ascii: "I"), UInt8(ascii: "W"), UInt8(ascii: "E"), UInt8(ascii: "F"), UInt8(ascii: "D"),
            UInt8(ascii: "T"):
            self.init(coloured: line)
        default:
            return nil
        }
    }

    private struct Fields: Decodable {
        var level: String
        var msg: String
        var time: String?
    }

    private static let levels = [
        "INFO": "info", "WARN": "warning", "ERRO": "error", "FATA": "fatal", "DEBU": "debug", "TRAC": "trace",
    ]

    private init(level: String, message: String, stamp: String?) {
        self.level = Substring(level)
        self.message = String(Substring(message).trimmedEnd)
        guard let stamp else { return }
        if let seconds = Int(stamp), (0...10_000_000).contains(seconds) {
            time = Date(timeIntervalSinceReferenceDate: Double(seconds))
            hasClock = false
        } else {
            time = try? Date(stamp, strategy: .iso8601)
        }
    }

    private init?(coloured line: LogLine) {
        guard line.bytes.dropFirst(4).first == UInt8(ascii: "[") else { return nil }
        let text = line.text
        guard let level = Self.levels[String(text.prefix(4))], let end = text.range(of: "] ") else { return nil }
        let stamp = text[text.index(text.startIndex, offsetBy: 5)..<end.lowerBound]
        guard stamp.utf8.count <= 40, !stamp.contains(" ") else { return nil }
        self.init(level: level, message: String(text[end.upperBound...]), stamp: String(stamp))
    }

    private init?(keyed line: LogLine) {
        guard line.bytes.starts(with: "time=\"".utf8) else { return nil }
        let text = line.text
        guard let level = text.range(of: "\" level="), let message = text.range(of: " msg="),
            level.upperBound <= message.lowerBound
        else { return nil }
        let name = text[level.upperBound..<message.lowerBound]
        guard !name.contains(" ") else { return nil }
        let stamp = text[..<level.lowerBound].dropFirst(6)
        self.init(level: String(name), message: Self.unquoted(text[message.upperBound...]), stamp: String(stamp))
    }

    /// A Go string in quotes (`%q`), or a bare word.
    private static func unquoted(_ text: Substring) -> String {
        guard text.first == "\"" else { return String(text) }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                result.append(character)
            }
        }
        return result
    }
}
