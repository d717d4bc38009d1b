import CLibPQ
import Logging

/// A libpq connection, finished when nobody holds it any more.
///
/// Safety: only the actor ``Link`` uses the pointer, on its own thread; `PQfinish` runs when the last reference goes,
/// so nobody else can be using it.
final class ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    private let notices: NoticeReceiver

    init(_ pointer: OpaquePointer, logger: Logger, redacting secrets: Secrets) {
        self.pointer = pointer
        notices = NoticeReceiver(logger: logger, secrets: secrets)
        let receive: PQnoticeReceiver = { receiver, result in
            guard let receiver else { return }
            Unmanaged<NoticeReceiver>.fromOpaque(receiver).takeUnretainedValue().receive(Notice(result: result))
        }
        PQsetNoticeReceiver(pointer, receive, Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit { PQfinish(pointer) }

    /// Whether the server said that it ends the connection.
    var hasSaidGoodbye: Bool { notices.hasSaidGoodbye }
}

/// Hands the server's notices to the log.
private final class NoticeReceiver {
    private let logger: Logger
    private let secrets: Secrets
    private(set) var hasSaidGoodbye = false

    init(logger: Logger, secrets: Secrets) {
        self.logger = logger
        self.secrets = secrets
    }

    func receive(_ notice: Notice) {
        if notice.isGoodbye { hasSaidGoodbye = true }
        logger.log(level: notice.isWarning ? .warning : .debug, "postgres: \(secrets.redacted(notice.message))")
    }
}

/// A libpq result, cleared when nobody holds it any more.
///
/// Safety: nothing changes a result once libpq has handed it over, and reading one from several threads is allowed
/// (PostgreSQL manual, 34.20).
final class ResultHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    /// The rows that the statement changed or, for COPY and SELECT, counted; 0 when the statement counts nothing.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }
    /// `INSERT 0 5`, `COMMIT` …
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }
}

/// What libpq needs to cancel a statement from another thread.
///
/// Safety: a `PGcancel` never changes, and `PQcancel` may be called from any thread (PostgreSQL manual, 34.7).
final class CancelHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Nil when the connection is not open.
    init?(_ connection: OpaquePointer) {
        guard let pointer = PQgetCancel(connection) else { return nil }
        self.pointer = pointer
    }

    deinit { PQfreeCancel(pointer) }

    /// Asks the server to cancel what the connection does, and waits until the server has taken the request. Whether
    /// it had any effect shows in the statement's own result, so the answer here is of no use.
    func request() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(pointer, message.baseAddress, 256)
        }
    }
}
