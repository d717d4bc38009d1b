/// What a CI system puts before a line: a job's name, a time.
struct LogPrefix {
    /// The longest name of a job and a step that is looked for.
    private static let nameLimit = 256

    /// Job and step before the line, with what ends them; empty when there is none.
    var job: ArraySlice<UInt8>
    /// Nanoseconds since 1970.
    var time: Int64?
    var rest: ArraySlice<UInt8>

    /// `isKnown` tells whether lines of that job were seen before: only what looks like a build's line begins one.
    init(_ line: ArraySlice<UInt8>, isKnown: (ArraySlice<UInt8>) -> Bool) {
        job = line.prefix(0)
        rest = Self.withoutMark(line)
        let first = rest.first
        guard first != UInt8(ascii: "#") || rest.starts(with: "##[".utf8) else { return }
        defer { takeGroup() }
        guard !takeTime(), let end = Self.jobEnd(rest) else { return }
        var other = self
        other.job = rest[..<end]
        other.rest = Self.withoutMark(rest[end...])
        let isTimed = other.takeTime()
        if isTimed || isKnown(other.job) || Self.looksLikeBuild(other.rest) { self = other }
    }

    /// A byte order mark, which a file may begin with, and with `gh run view --log` each step.
    private static func withoutMark(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.first == 0xEF && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    }

    /// A time as GitHub Actions, GitLab (with `00O ` after it: the stream, and whether the line is a new one) and
    /// Jenkins' timestamper (in brackets) print it; TeamCity and others tell the time of day only.
    private mutating func takeTime() -> Bool {
        guard let first = rest.first else { return false }
        let isBracketed = first == UInt8(ascii: "[")
        guard isBracketed || first.digit != nil else { return false }
        let text = isBracketed ? rest.dropFirst() : rest
        guard let (time, length) = Self.time(text) else { return false }
        var after = text.dropFirst(length)
        if isBracketed {
            guard after.popFirst() == UInt8(ascii: "]") else { return false }
        }
        guard after.isEmpty || after.popFirst() == UInt8(ascii: " ") else { return false }
        self.time = time
        rest = after
        let stream = Array(after.prefix(4))
        if !isBracketed, stream.count == 4, stream[0].digit != nil, stream[1].isStreamDigit,
            stream[2] == UInt8(ascii: "O") || stream[2] == UInt8(ascii: "E"),
            stream[3] == UInt8(ascii: " ") || stream[3] == UInt8(ascii: "+")
        {
            rest = after.dropFirst(4)
        }
        return true
    }

    private static func time(_ text: ArraySlice<UInt8>) -> (Int64?, Int)? {
        if let (time, length) = LogTime.parse(text) { return (time, length) }
        return clock(text)
    }

    /// `08:46:10`, which tells no day and so no time.
    private static func clock(_ text: ArraySlice<UInt8>) -> (Int64?, Int)? {
        guard text.count > 8 else { return nil }
        for (index, byte) in text.prefix(8).enumerated() {
            guard index % 3 == 2 ? byte == UInt8(ascii: ":") : byte.digit != nil else { return nil }
        }
        let decimals = text.dropFirst(8).prefix(4).first == UInt8(ascii: ".") ? 4 : 0
        return (nil, 8 + decimals)
    }

    /// `##[group]#0 building with …`
    private mutating func takeGroup() {
        guard rest.first == UInt8(ascii: "#"), rest.starts(with: "##[".utf8),
            let end = rest.prefix(32).firstIndex(of: UInt8(ascii: "]"))
        else { return }
        rest = rest[(end + 1)...]
    }

    /// Where a job's name ends: `job<TAB>step<TAB>`, `job<TAB>`, `job | `, `job  | `.
    private static func jobEnd(_ line: ArraySlice<UInt8>) -> Int? {
        let head = line.prefix(nameLimit)
        if let tab = head.find(UInt8(ascii: "\t")) {
            guard tab > head.startIndex else { return nil }
            guard let second = head.find(UInt8(ascii: "\t"), from: tab + 1) else { return tab + 1 }
            // What a build prints may have a tab of its own.
            return looksLikeBuild(line[(tab + 1)...]) ? tab + 1 : second + 1
        }
        guard let bar = head.find(UInt8(ascii: "|")), bar > head.startIndex + 1, bar + 1 < line.endIndex,
            line[bar - 1] == UInt8(ascii: " "), line[bar + 1] == UInt8(ascii: " ")
        else { return nil }
        let name = line[..<bar]
        let words = name.split(separator: UInt8(ascii: " "))
        return words.count == 1 && words.first?.startIndex == line.startIndex ? bar + 2 : nil
    }

    /// Whether a line begins as the readers' lines do.
    private static func looksLikeBuild(_ line: ArraySlice<UInt8>) -> Bool {
        switch line.first {
        case UInt8(ascii: "#"): PlainLine(line) != nil
        case UInt8(ascii: "S"): line.starts(with: "Step ".utf8) || line.starts(with: "STEP ".utf8)
        case UInt8(ascii: "{"): line.starts(with: "{\"vertexes\"".utf8)
        case UInt8(ascii: "["):
            line.prefix(40).split(separator: UInt8(ascii: " ")).dropFirst().first.map {
                $0.elementsEqual("STEP".utf8)
            } ?? false
        case UInt8(ascii: "I"): line.starts(with: "INFO[".utf8)
        default: false
        }
    }
}

extension UInt8 {
    fileprivate var isStreamDigit: Bool { digit != nil || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "f")) }
}
