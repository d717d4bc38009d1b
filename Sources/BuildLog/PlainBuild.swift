internal import BuildModel
internal import Foundation
internal import ImageModel

/// A build of a plain log while it is read.
struct PlainBuild: Sendable {
    /// More is no name; a heredoc's first line and a long RUN are far shorter.
    static let nameLimit = 1 << 16
    /// Of one vertex; each target may have its own.
    private static let namesLimit = 256

    var vertices: [PlainVertex] = []
    private(set) var indexes: [Int: Int] = [:]
    /// Index of the vertex that is printed now; nil after a line that ended it.
    private(set) var current: Int?
    /// All numbers printed, 0 among them.
    var numbers: Set<Int> = []
    var builder: String?
    var firstLine: Int
    var lastLine: Int
    var firstTime: Int64?
    var lastTime: Int64?
    /// What the client said at the end, without `ERROR: `.
    var failure: String?
    /// Lines that were no progress came after the last one that was.
    private(set) var isInterrupted = false
    /// Fields of 2018 were seen: what else begins with `#` may be a step's own text.
    private(set) var isOldest = false
    /// The log names more than is kept: what came then is not read.
    var isCut = false
    var exported = PlainExport()
    let hash = ContentHash()

    init(_ line: LogLine) {
        firstLine = line.number
        lastLine = line.number
    }

    /// Takes a line; gives the bytes that have to be kept for it.
    mutating func read(_ plain: PlainLine, of line: LogLine) -> Int {
        hash.add(line.bytes)
        lastLine = line.number
        isInterrupted = false
        if let time = line.time {
            lastTime = Int64((time.timeIntervalSince1970 * 1_000_000).rounded()) * 1000
            if firstTime == nil { firstTime = lastTime }
        }
        if plain.number == 0 { return readZero(plain) }
        let isNew = indexes[plain.number] == nil
        let index = self.index(of: plain.number)
        let names = vertices[index].names.count
        take(plain, for: index)
        let new = vertices[index].names.dropFirst(names).reduce(0) { $0 + $1.utf8.count }
        return isNew ? new + 512 : new
    }

    /// What buildx says before the first vertex; with BuildKit 0.11 also what the current vertex prints.
    private mutating func readZero(_ plain: PlainLine) -> Int {
        numbers.insert(0)
        if case .log = plain.content {
            if let current { vertices[current].isActive = true }
        } else if builder == nil, plain.rest.starts(with: "building with \"".utf8) {
            let words = String(decoding: plain.rest, as: UTF8.self).split(separator: "\"")
            if words.count > 1 { builder = String(words[1].prefix(256)) }
        }
        return 0
    }

    private mutating func index(of number: Int) -> Int {
        if let current, vertices[current].number == number { return current }
        if let index = indexes[number] { return index }
        indexes[number] = vertices.count
        numbers.insert(number)
        vertices.append(PlainVertex(number: number))
        return vertices.count - 1
    }

    private mutating func take(_ plain: PlainLine, for index: Int) {
        switch plain.content {
        case .log, .warning:
            vertices[index].isActive = true
            current = index
        case .cached: end(index, .cached)
        case .done(let duration):
            end(index, .done)
            vertices[index].duration = duration ?? vertices[index].duration
        case .canceled: end(index, .canceled)
        case .error:
            end(index, .failed)
            if !isOldest { vertices[index].error = Self.message(plain.rest.dropFirst("ERROR: ".utf8.count)) }
        case .interrupted: current = nil
        case .digest:
            current = index
            vertices[index].digest = try? Digest(String(decoding: plain.rest, as: UTF8.self))
        case .field:
            takeField(plain.rest, for: index)
        case .text:
            if current == index, vertices[index].name != nil {
                vertices[index].isActive = vertices[index].isActive || !plain.isCutEnding
                exported.read(plain.rest)
            } else {
                takeHeader(plain.rest, for: index)
            }
        }
    }

    private mutating func end(_ index: Int, _ ending: PlainVertex.Ending) {
        guard !isOldest else { return }
        vertices[index].ending = ending
        vertices[index].endTime = lastTime
        current = nil
    }

    private mutating func takeHeader(_ rest: ArraySlice<UInt8>, for index: Int) {
        current = index
        let name = String(decoding: rest.prefix(Self.nameLimit), as: UTF8.self)
        if vertices[index].headerTime == nil { vertices[index].headerTime = lastTime }
        if vertices[index].names.count < Self.namesLimit, !vertices[index].names.contains(name) {
            vertices[index].names.append(name)
        }
    }

    /// A line that is no vertex's. True when it is the client's last word on the build.
    mutating func readBetween(_ line: LogLine) -> Bool {
        isInterrupted = true
        guard let text = Self.lastWord(line.bytes) else { return false }
        failure = Self.message(text)
        hash.add(line.bytes)
        lastLine = line.number
        return true
    }

    /// `ERROR: failed to solve: …`, with the target's name before it, without `ERROR` from compose and from clients
    /// before 2022. Nil for any other line.
    private static func lastWord(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var text = line
        switch line.first {
        case UInt8(ascii: "E"), UInt8(ascii: "e"):
            guard line.starts(with: "ERROR: ".utf8) || line.starts(with: "error: ".utf8) else { return nil }
            text = line.dropFirst("ERROR: ".utf8.count)
        case UInt8(ascii: "f"), UInt8(ascii: "t"): break
        default: return nil
        }
        let head = text.prefix(300)
        if head.starts(with: "failed to solve".utf8) { return text }
        guard head.starts(with: "target ".utf8) || head.starts(with: "failed to build: ".utf8),
            let colon = head.find(UInt8(ascii: ":")), head[colon...].starts(with: ": failed to solve".utf8)
        else { return nil }
        return text
    }

    static func message(_ bytes: ArraySlice<UInt8>) -> String {
        String(String(decoding: bytes.prefix(4000), as: UTF8.self).prefix(500))
    }

    // MARK: Fields of 2018

    private mutating func takeField(_ rest: ArraySlice<UInt8>, for index: Int) {
        guard let field = PlainField(rest) else { return }
        isOldest = true
        current = index
        vertices[index].take(field)
    }
}
