/// Takes out of a line what only a terminal understands.
enum TerminalText {
    private static let escape: UInt8 = 0x1B

    /// The line without colours, cursor movements, titles and the like [ECMA-48: CSI, OSC, APC].
    static func withoutEscapes(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard var next = line.find(escape) else { return line }
        var result = Array(line[..<next])
        while next < line.endIndex {
            guard line[next] == escape else {
                result.append(line[next])
                next += 1
                continue
            }
            next = end(of: line[next...])
        }
        return result[...]
    }

    /// Where the sequence ends with which the bytes begin; one without an end is a lone escape.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex + 2
        guard start <= bytes.endIndex else { return bytes.endIndex }
        switch bytes[start - 1] {
        case UInt8(ascii: "["):
            let end = bytes[start...].firstIndex { !(0x20...0x3F).contains($0) } ?? bytes.endIndex
            return end < bytes.endIndex && (0x40...0x7E).contains(bytes[end]) ? end + 1 : end
        case UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "^"):
            guard let end = bytes[start...].firstIndex(where: { $0 == 0x07 || $0 == escape }) else { return start }
            return bytes[end] == 0x07 ? end + 1 : min(end + 2, bytes.endIndex)
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            return min(start + 1, bytes.endIndex)
        default:
            return start
        }
    }

    /// What a terminal would show last of a line that was drawn over: what follows the last carriage return. In a line
    /// of BuildKit's the carriage returns are a step's own, and whatever follows them is its text.
    static func lastDrawn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.find(UInt8(ascii: "\r")) != nil, PlainLine(line) == nil,
            let last = line.lastIndex(of: UInt8(ascii: "\r"))
        else { return line }
        return line[(last + 1)...]
    }

    /// `[+] Building 3.4s (5/9)`, which only a terminal is shown.
    static func isRecording(_ line: ArraySlice<UInt8>) -> Bool {
        line.first == UInt8(ascii: "[") && line.starts(with: "[+] Building ".utf8)
    }
}
