package import Logging

/// Connections to one database, opened when they are needed and kept for the next one.
///
/// At most `maximum` are open at once; who comes when all are in use waits, first come first served. A connection that
/// broke is replaced.
package actor PostgresPool {
    private let url: String
    private let maximum: Int
    private let applicationName: String
    private let statementTimeout: Duration?
    private let logger: Logger
    private var idle: [PostgresConnection] = []
    private var inUse = 0
    private var waiters: [Waiter] = []
    private var nextWaiter = 0
    private var isClosed = false

    private struct Waiter {
        var number: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    /// - Parameters:
    ///   - url: the connection string for libpq.
    ///   - maximum: how many connections there may be at once; at least 1.
    package init(
        url: String, maximum: Int = 8, applicationName: String = "layerscope", statementTimeout: Duration? = nil,
        logger: Logger = Logger(label: "postgres")
    ) {
        self.url = url
        self.maximum = max(1, maximum)
        self.applicationName = applicationName
        self.statementTimeout = statementTimeout
        self.logger = logger
    }

    /// Lends a connection to the body, waiting for one if need be. A transaction left open in it is rolled back.
    ///
    /// - Throws: what the body throws, ``PostgresError`` when no connection can be had, `CancellationError`.
    @discardableResult
    nonisolated(nonsending) package func withConnection<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await take()
        do {
            let result = try await body(connection)
            await give(back: connection)
            return result
        } catch {
            await give(back: connection)
            throw error
        }
    }

    /// How many wait for a connection.
    package var waiting: Int { waiters.count }

    /// Closes all connections that nobody uses, and the others as soon as they are given back. Whoever waits gets an
    /// error.
    package func close() async {
        isClosed = true
        for waiter in waiters { waiter.continuation.resume(throwing: PostgresError.poolClosed) }
        waiters = []
        let connections = idle
        idle = []
        for connection in connections { await connection.close() }
    }

    private func take() async throws -> PostgresConnection {
        try Task.checkCancellation()
        guard !isClosed else { throw PostgresError.poolClosed }
        if inUse < maximum, waiters.isEmpty {
            inUse += 1
        } else {
            // Whoever gives a connection back hands its place over: `inUse` stays as it is.
            try await waitForTurn()
        }
        do {
            while let connection = idle.popLast() {
                if await connection.isIdle { return connection }
                await connection.close()
            }
            return try await PostgresConnection.connect(
                url, applicationName: applicationName, statementTimeout: statementTimeout, logger: logger)
        } catch {
            leave()
            throw error
        }
    }

    private func waitForTurn() async throws {
        let number = nextWaiter
        nextWaiter += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append(Waiter(number: number, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await self.giveUp(number) }
        }
    }

    private func giveUp(_ number: Int) {
        guard let position = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: position).continuation.resume(throwing: CancellationError())
    }

    private func give(back connection: PostgresConnection) async {
        await connection.link.rollback(depth: 0)
        if await connection.isIdle, !isClosed {
            idle.append(connection)
        } else {
            await connection.close()
        }
        leave()
    }

    /// Hands the place to who waits longest, or frees it.
    private func leave() {
        if waiters.isEmpty {
            inUse -= 1
        } else {
            waiters.removeFirst().continuation.resume()
        }
    }
}

extension PostgresError {
    static var poolClosed: PostgresError {
        PostgresError(.connectionFailed, "the connections to PostgreSQL were closed")
    }
}
