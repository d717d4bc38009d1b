import Foundation

/// The most memory that this process had at once, in bytes (`VmHWM` of `/proc/self/status`, proc(5)).
func peakMemory() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        let words = line.split(separator: " ").flatMap { $0.split(separator: "\t") }
        return words.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
}

/// Forgets the peak so far, so that the next part is measured by itself. Not every kernel allows it (proc(5),
/// `clear_refs`); the peak then is that of the whole run.
func resetPeakMemory() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
}
