import Figures

/// What `doctor` found in one place.
struct Finding: Sendable, Equatable {
    /// How bad it is.
    enum Status: String, Sendable {
        case ok
        /// Works, but is worth knowing.
        case warning
        /// Needs mending.
        case problem
    }

    /// What was looked at: `configuration`, `database`, `space`, `source`, `engine`.
    var check: String
    /// Which of them.
    var subject: String
    var status: Status
    var detail: String
    /// What to do; empty when there is nothing to do.
    var hint: String

    init(_ check: String, _ subject: String, _ status: Status, _ detail: String, hint: String = "") {
        self.check = check
        self.subject = subject
        self.status = status
        self.detail = detail
        self.hint = hint
    }

    /// A problem from an error. What is to be done is the part of its message after the semicolon.
    init(_ check: String, _ subject: String, problem error: any Error, hint: String) {
        let message = CommandFailure(describing: error).message
        let parts = message.split(separator: ";", maxSplits: 1)
        let advice = parts.count > 1 ? parts[1].trimmingPrefix(" ") : Substring(hint)
        self.init(check, subject, .problem, parts.first.map(String.init) ?? message, hint: String(advice))
    }
}

extension [Finding] {
    var table: Table {
        Table(
            name: "findings",
            columns: [
                .init("status", .text), .init("check", .text), .init("subject", .text), .init("detail", .text),
                .init("hint", .text),
            ],
            rows: map {
                [.text($0.status.rawValue), .text($0.check), .text($0.subject), .text($0.detail), .text($0.hint)]
            })
    }
}
