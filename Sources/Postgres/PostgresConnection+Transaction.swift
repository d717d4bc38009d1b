import Logging

/// What a transaction sees of others that run at the same time (PostgreSQL manual, 13.2).
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Inside another transaction of the same connection it is a savepoint; isolation and read-only are then those of
    /// the outer one. A rollback runs also when the task was cancelled. A body that swallowed the error of a statement
    /// cannot be committed: that throws SQLSTATE 25P02.
    ///
    /// - Parameter statementTimeout: how long the server lets each statement of the transaction run; nil leaves what
    ///   holds for the connection.
    @discardableResult
    nonisolated(nonsending) package func transaction<R>(
        isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false, statementTimeout: Duration? = nil,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        try Task.checkCancellation()
        let (depth, outerTimeout) = await link.enterTransaction()
        let begin =
            depth == 0
            ? "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")"
            : "SAVEPOINT layerscope_\(depth)"
        do {
            try await run(script: begin)
        } catch {
            await link.leaveTransaction(outerTimeout)
            throw error
        }
        do {
            if let statementTimeout { try await limitStatements(to: statementTimeout, scope: "LOCAL") }
            let result = try await body(self)
            try Task.checkCancellation()
            try await link.commit(depth: depth)
            await link.leaveTransaction(outerTimeout)
            return result
        } catch {
            await link.rollback(depth: depth)
            await link.leaveTransaction(outerTimeout)
            throw error
        }
    }
}

extension Link {
    /// Counts a transaction or savepoint. Returns how many there are around it, and the time limit that holds there.
    func enterTransaction() -> (depth: Int, timeout: Duration?) {
        defer { transactionDepth += 1 }
        return (transactionDepth, statementTimeout)
    }

    func leaveTransaction(_ timeout: Duration?) {
        transactionDepth -= 1
        statementTimeout = timeout
    }

    /// Commits without regard to cancellation: whoever asks for it learns what became of it.
    func commit(depth: Int) throws {
        if depth > 0 {
            _ = try run(script: "RELEASE SAVEPOINT layerscope_\(depth)", StatementCancellation())
            return
        }
        // PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which a statement failed.
        guard try run(script: "COMMIT", StatementCancellation()) == "COMMIT" else {
            throw PostgresError(
                .statementFailed, "the transaction was rolled back, because a statement in it failed",
                sqlState: "25P02", hint: "let the statement's error end the transaction")
        }
    }

    /// Undoes a transaction or savepoint without regard to cancellation. A connection on which that fails is closed:
    /// the server then undoes it by itself.
    func rollback(depth: Int) {
        abandon()
        guard isInTransaction else { return }
        let script =
            depth == 0
            ? "ROLLBACK"
            : "ROLLBACK TO SAVEPOINT layerscope_\(depth); RELEASE SAVEPOINT layerscope_\(depth)"
        do { _ = try run(script: script, StatementCancellation()) } catch {
            logger.debug("postgres: closing a connection whose transaction cannot be rolled back: \(error)")
            close()
        }
    }
}
