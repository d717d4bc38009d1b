package import Foundation

/// Writes tar archives for tests (POSIX ustar, with GNU long names where a name needs it).
package struct TarBuilder {
    /// The bytes so far, without the end mark.
    package private(set) var content = Data()

    package init() {}

    /// Adds a file.
    package mutating func add(file name: String, _ data: some DataProtocol, mode: Int = 0o644) {
        append(name, type: "0", size: data.count, mode: mode)
        content.append(contentsOf: data)
        pad()
    }

    /// Adds a folder.
    package mutating func add(folder name: String) {
        append(name.hasSuffix("/") ? name : name + "/", type: "5", size: 0, mode: 0o755)
    }

    /// Adds a symbolic link.
    package mutating func add(link name: String, to target: String) {
        append(name, type: "2", size: 0, mode: 0o777, link: target)
    }

    /// Adds a hard link.
    package mutating func add(hardLink name: String, to target: String) {
        append(name, type: "1", size: 0, mode: 0o644, link: target)
    }

    /// Adds an entry of any type, with a body of any kind: PAX and GNU headers, and nonsense.
    package mutating func add(raw name: String, type: Character, _ body: some DataProtocol, size: Int? = nil) {
        appendHeader(name, type: type, size: size ?? body.count, mode: 0o644, link: "")
        content.append(contentsOf: body)
        pad()
    }

    /// The archive, with its two zero blocks at the end.
    package func finished() -> Data { content + Data(count: 1024) }

    private mutating func append(_ name: String, type: Character, size: Int, mode: Int, link: String = "") {
        if name.utf8.count > 100 {
            add(raw: "././@LongLink", type: "L", Data(name.utf8) + [0])
        }
        if link.utf8.count > 100 {
            add(raw: "././@LongLink", type: "K", Data(link.utf8) + [0])
        }
        appendHeader(name, type: type, size: size, mode: mode, link: link)
    }

    private mutating func appendHeader(_ name: String, type: Character, size: Int, mode: Int, link: String) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int, _ length: Int) {
            for (index, byte) in text.utf8.prefix(length).enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(name, at: 0, 100)
        put(octal(mode, 7), at: 100, 7)
        put(octal(0, 7), at: 108, 7)
        put(octal(0, 7), at: 116, 7)
        put(octal(size, 11), at: 124, 11)
        put(octal(0, 11), at: 136, 11)
        put("        ", at: 148, 8)
        header[156] = type.asciiValue ?? 48
        put(link, at: 157, 100)
        put("ustar", at: 257, 6)
        put("00", at: 263, 2)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148, 8)
        content.append(contentsOf: header)
    }

    private mutating func pad() {
        let rest = content.count % 512
        if rest > 0 { content.append(Data(count: 512 - rest)) }
    }
}
