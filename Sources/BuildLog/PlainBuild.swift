internal import BuildModel
internal import Foundation
internal import ImageModel

/// A build of a plain log while it is read.
struct PlainBuild: Sendable {
    /// More is no name; a heredoc's first line and a long RUN are far shorter.
    private static let nameLimit = 1 << 16
    /// Of one vertex; each target may have its own.
    private static let namesLimit = 256

    var vertices: [PlainVertex] = []
    private var indexes: [Int: Int] = [:]
    /// Index of the vertex that is printed now; nil after a line that ended it.
    private var current: Int?
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
    private var isInterrupted = false
    /// Fields of 2018 were seen: what else begins with `#` may be a step's own text.
    private var isOldest = false
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
            vertices[index].error = Self.message(plain.rest.dropFirst("ERROR: ".utf8.count))
        case .interrupted: current = nil
        case .digest:
            current = index
            vertices[index].digest = try? Digest(String(decoding: plain.rest, as: UTF8.self))
        case .field:
            takeField(plain.rest, for: index)
        case .text:
            if current == index, vertices[index].name != nil {
                vertices[index].isActive = true
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
        guard let first = line.bytes.first, first == UInt8(ascii: "E") || first == UInt8(ascii: "e"),
            line.bytes.starts(with: "ERROR: ".utf8) || line.bytes.starts(with: "error: ".utf8)
        else { return false }
        let text = line.bytes.dropFirst("ERROR: ".utf8.count)
        let beginnings = ["failed to solve", "failed to build", "target "]
        guard beginnings.contains(where: { text.starts(with: $0.utf8) }) else { return false }
        failure = Self.message(text)
        hash.add(line.bytes)
        lastLine = line.number
        return true
    }

    static func message(_ bytes: ArraySlice<UInt8>) -> String {
        String(String(decoding: bytes.prefix(4000), as: UTF8.self).prefix(500))
    }

    // MARK: Fields of 2018

    private mutating func takeField(_ rest: ArraySlice<UInt8>, for index: Int) {
        guard let field = PlainField(rest) else { return }
        isOldest = true
        current = index
        switch field {
        case .digest(let digest): vertices[index].digest = digest
        case .name(let name): vertices[index].names = [name]
        case .started(let time):
            vertices[index].started = time
            vertices[index].ending = nil
        case .completed(let time):
            if let started = vertices[index].started, started <= time, vertices[index].intervals.count < 1000 {
                vertices[index].intervals.append(started...time)
            }
            if vertices[index].ending == nil { vertices[index].ending = .done }
        case .duration(let duration): vertices[index].duration = duration
        case .cached: vertices[index].ending = .cached
        case .error(let text):
            vertices[index].ending = text.hasSuffix("context canceled") ? .canceled : .failed
            vertices[index].error = String(text.prefix(500))
        }
    }

    // MARK: Telling builds apart

    static func isField(_ rest: ArraySlice<UInt8>) -> Bool {
        guard case .digest = PlainField(rest) else { return false }
        return true
    }

    /// Whether only a build has a vertex of that name.
    static func isTelling(_ rest: ArraySlice<UInt8>) -> Bool {
        let step = StepName.parse(String(decoding: rest.prefix(nameLimit), as: UTF8.self))
        switch step.kind {
        case .instruction, .from: return step.position != nil
        case .internal, .context, .auth, .cacheImport: return true
        case .cacheExport, .export, .other: return false
        }
    }

    /// Whether a header is of a build that comes after this one: its number stands for another vertex, or numbering
    /// began anew with a vertex that had ended, as this build's first did.
    func isOtherBuild(_ plain: PlainLine) -> Bool {
        guard !isOldest || Self.isTelling(plain.rest), let index = indexes[plain.number], current != index,
            let known = vertices[index].name
        else { return false }
        let name = String(decoding: plain.rest.prefix(Self.nameLimit), as: UTF8.self)
        if vertices[index].names.contains(name) {
            guard plain.number == 1, vertices[index].ending != nil else { return false }
            return isInterrupted || failure != nil || (StepName.parse(name).target == nil && hasMovedOn)
        }
        // Targets and stages that share a vertex call it by their own names, in brackets.
        return StepName.parse(name).text != StepName.parse(known).text && Self.isTelling(plain.rest)
    }

    /// Past its own preparations, which alone may be printed again.
    private var hasMovedOn: Bool {
        vertices.contains { vertex in
            guard let name = vertex.name else { return false }
            return ![.internal, .auth, .context, .cacheImport].contains(StepName.parse(name).kind)
        }
    }
}
