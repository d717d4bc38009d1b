import Observations
import Synchronization

/// Counts what was seen of one aspect, and remembers what was not: how many, the first few by name, and why.
final class AspectTally: Sendable {
    private struct State {
        var seen = 0
        var problems = 0
        var first: [String] = []
        var hints: Set<String> = []
        var isUnavailable = false
        var note = ""
    }

    private static let shown = 5
    private let aspect: String
    private let state = Mutex(State())

    init(_ aspect: String) { self.aspect = aspect }

    func saw(_ count: Int = 1) { state.withLock { $0.seen += count } }

    /// Something could not be read, or is broken.
    func problem(_ name: String, _ reason: String, hint: String) {
        state.withLock { state in
            state.problems += 1
            state.hints.insert(hint)
            // The first by name, not by time: two readings of the same thing say the same.
            let text = "\(name): \(reason)"
            let place = state.first.firstIndex { $0 > text } ?? state.first.endIndex
            guard place < Self.shown, !state.first.contains(text) else { return }
            state.first.insert(text, at: place)
            if state.first.count > Self.shown { state.first.removeLast() }
        }
    }

    func problem(_ name: String, _ failure: HTTPFailure) {
        problem(name, failure.description, hint: failure.hint)
    }

    /// The source has no such list, and none was needed.
    func isNotAvailable(_ note: String) {
        state.withLock { state in
            state.isUnavailable = true
            state.note = note
        }
    }

    var hasProblems: Bool { state.withLock { $0.problems > 0 } }

    var status: AspectStatus {
        state.withLock { state in
            guard state.problems > 0 else {
                return AspectStatus(
                    aspect: aspect, outcome: state.isUnavailable ? .notAvailable : .complete, seen: state.seen,
                    detail: state.note)
            }
            let more = state.problems - state.first.count
            let detail =
                "\(state.problems) could not be read: " + state.first.joined(separator: "; ")
                + (more > 0 ? "; and \(more) more" : "")
            return AspectStatus(
                aspect: aspect, outcome: state.seen > 0 ? .incomplete : .failed, seen: state.seen,
                detail: detail, hint: state.hints.sorted().filter { !$0.isEmpty }.joined(separator: "; "))
        }
    }
}

extension HTTPFailure {
    /// What the operator can do about it.
    var hint: String {
        switch reason {
        case .status(401), .status(403), .tokenRefused:
            "log in with `docker login`, or give a name and password that may read this"
        case .status(429), .rateLimited:
            "the registry limits requests: collect again later, what was read is kept; logging in raises limits"
        case .outOfTime: "collect again to go on, what was read is kept; or allow more time"
        case .status(404): "push it again, or delete what refers to it"
        case .status, .connectionLost, .timedOut: "the registry may be overloaded: collect again, with less concurrency"
        case .unreachable: "check the address and that the registry runs"
        case .untrusted: "give the authority that signed the certificate as CA file"
        case .tooLarge, .invalidBody: "the registry or a proxy before it sends broken content: look at its log"
        case .badRedirect: "look at the redirects of the registry or the proxy before it"
        case .invalidRequest: "check the registry's address and how it authenticates"
        }
    }
}

/// The tallies of a registry's aspects.
struct RegistryTallies: Sendable {
    let repositories = AspectTally(Aspect.repositories)
    let tags = AspectTally("tags")
    let manifests = AspectTally("manifests")
    let configurations = AspectTally("configurations")
    let referrers = AspectTally("referrers")
    /// Nil when nobody asked for push and pull times.
    let activity: AspectTally?

    init(readsActivity: Bool = false) { activity = readsActivity ? AspectTally(Aspect.activity) : nil }

    var statuses: [AspectStatus] {
        ([repositories, tags, manifests, configurations, referrers] + (activity.map { [$0] } ?? [])).map(\.status)
    }
}
