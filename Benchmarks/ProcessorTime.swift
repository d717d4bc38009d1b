import Foundation

/// Seconds of processor time, in user and kernel mode, that this process has taken (getrusage(2)).
func ownProcessorTime() -> Double { usage(__rusage_who_t(RUSAGE_SELF.rawValue)) }

/// Seconds of processor time that the programs took which this process ran to their end.
func childProcessorTime() -> Double { usage(__rusage_who_t(RUSAGE_CHILDREN.rawValue)) }

private func usage(_ who: __rusage_who_t) -> Double {
    var usage = rusage()
    guard getrusage(who, &usage) == 0 else { return 0 }
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// What `/proc/PID/stat` tells of a process (proc(5)).
struct ProcessStatus {
    let parent: Int32
    /// Seconds of processor time.
    let time: Double
    /// The same of children that have ended.
    let childTime: Double

    init?(_ process: Int32) {
        // The second field is the program's name in parentheses, in which anything may stand.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[name...].split(separator: " ").dropFirst()
        let numbers = fields.map { Double($0) ?? 0 }
        guard numbers.count > 14 else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        parent = Int32(numbers[1])
        time = (numbers[11] + numbers[12]) / ticks
        childTime = (numbers[13] + numbers[14]) / ticks
    }

    /// Processor time of a process with all its children, ended or not.
    static func time(ofFamily process: Int32) -> Double {
        guard let own = ProcessStatus(process) else { return 0 }
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let children = all.compactMap { Int32($0) }.compactMap { ProcessStatus($0) }.filter { $0.parent == process }
        return own.time + own.childTime + children.reduce(0) { $0 + $1.time }
    }
}

/// How many processes wanted a processor, on average over the last minute, and how many processors there are: what was
/// measured while others were at work is worth less.
func loadAverage() -> String {
    var loads = [0.0]
    guard getloadavg(&loads, 1) == 1 else { return "not known" }
    return decimal(loads[0], places: 2) + " on \(ProcessInfo.processInfo.activeProcessorCount) processors"
}
