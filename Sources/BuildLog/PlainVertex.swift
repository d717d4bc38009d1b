internal import ImageModel

/// What a plain log told of one vertex.
struct PlainVertex: Sendable {
    enum Ending: Sendable, Equatable {
        case cached
        case done
        case canceled
        case failed
    }

    var number: Int
    /// As its headers were printed, each once: a vertex that several targets or stages share goes under the name that
    /// was sent last. Empty when the log shows only what came after its header.
    var names: [String] = []
    /// Of the last line that ended it.
    var ending: Ending?
    /// Nanoseconds, of the last DONE.
    var duration: Int64?
    var error: String?
    var digest: Digest?
    /// It printed something, or its status did: it was at work.
    var isActive = false
    /// Nanoseconds since 1970, by the clock of what prefixed the lines.
    var headerTime: Int64?
    var endTime: Int64?
    /// When it ran, in nanoseconds since 1970, where the log tells (2018).
    var intervals: [ClosedRange<Int64>] = []
    /// Of the last interval.
    var started: Int64?
    /// 2018 printed a field when it changed, and the rest holds.
    var isCached = false

    var name: String? { names.first }

    /// Takes a field of 2018.
    mutating func take(_ field: PlainField) {
        switch field {
        case .digest(let value): digest = value
        case .name(let name): names = [name]
        case .started(let time):
            started = time
            ending = nil
        case .completed(let time):
            if let started, started <= time, intervals.count < 1000 { intervals.append(started...time) }
            setEnding()
        case .duration(let value): duration = value
        case .cached(let value):
            isCached = value
            if ending != nil { setEnding() }
        case .error(let text):
            error = text.isEmpty ? nil : String(text.prefix(500))
            setEnding()
        }
        if !intervals.isEmpty { duration = merged }
    }

    private mutating func setEnding() {
        if let error {
            ending = error.hasSuffix("context canceled") ? .canceled : .failed
        } else {
            ending = isCached ? .cached : .done
        }
    }

    /// Nanoseconds of all intervals, what they share counted once.
    private var merged: Int64 {
        var total: Int64 = 0
        var end = Int64.min
        for interval in intervals.sorted(by: { $0.lowerBound < $1.lowerBound }) where interval.upperBound > end {
            total += interval.upperBound - max(end, interval.lowerBound)
            end = interval.upperBound
        }
        return total
    }
}
