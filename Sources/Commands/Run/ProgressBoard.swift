import Foundation
import Observations
import Reporting
import Synchronization

/// Draws what each source is doing, one line for each, on standard error when that is a terminal.
final class ProgressBoard: Sendable {
    private struct State {
        var order: [String] = []
        var lines: [String: CollectionProgress] = [:]
        var drawnLines = 0
        var lastDrawn: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let isShown: Bool
    private let width: Int
    private static let interval: Duration = .milliseconds(100)

    init(isShown: Bool = StandardError.isTerminal, width: Int = StandardError.width) {
        self.isShown = isShown
        self.width = width
    }

    /// Shows a source's progress, at most ten times a second.
    func show(_ progress: CollectionProgress, of source: String) {
        guard isShown else { return }
        state.withLock { state in
            if state.lines.updateValue(progress, forKey: source) == nil { state.order.append(source) }
            let now = ContinuousClock.now
            if let last = state.lastDrawn, now - last < Self.interval { return }
            state.lastDrawn = now
            draw(&state)
        }
    }

    /// Takes a source's line away and prints lines that stay.
    func finish(_ source: String, printing lines: [String]) {
        state.withLock { state in
            erase(&state)
            state.lines[source] = nil
            state.order.removeAll { $0 == source }
            for line in lines { StandardError.line(line) }
            if isShown { draw(&state) }
        }
    }

    private func erase(_ state: inout State) {
        guard state.drawnLines > 0 else { return }
        // Up to the first drawn line, then clear to the end of the screen.
        StandardError.write("\u{1b}[\(state.drawnLines)A\r\u{1b}[J")
        state.drawnLines = 0
    }

    private func draw(_ state: inout State) {
        erase(&state)
        for source in state.order {
            guard let progress = state.lines[source] else { continue }
            let text = TerminalText.harmless(Self.line(progress, of: source))
            StandardError.write(String(text.prefix(max(10, width - 1))) + "\n")
            state.drawnLines += 1
        }
    }

    /// `registry: reading manifests 120/400 [######--------------]`
    static func line(_ progress: CollectionProgress, of source: String) -> String {
        guard let total = progress.total, total > 0 else {
            return "\(source): \(progress.activity) \(progress.done)"
        }
        let filled = min(20, max(0, progress.done * 20 / total))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
        return "\(source): [\(bar)] \(progress.activity) \(progress.done)/\(total)"
    }
}
