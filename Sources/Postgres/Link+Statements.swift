import CLibPQ

extension Link {
    /// Runs one statement with binary parameters and reads its whole result.
    func query(
        _ sql: String, _ parameters: [PostgresValue], binary: Bool = true, _ cancellation: StatementCancellation
    ) throws -> ResultHandle {
        let connection = try begin(sql, cancellation) { send(sql, parameters, binary: binary, to: $0) }
        do {
            var last: ResultHandle?
            try flush(connection)
            while let result = try nextResult(connection) {
                try check(result, connection)
                try refuseCopy(result, isExtended: true)
                last = result
            }
            guard let last else {
                throw PostgresError(.protocolViolation, "the server answered nothing", statement: sql)
            }
            end()
            return last
        } catch {
            throw fail(error)
        }
    }

    /// Runs many statements in one go (simple protocol), in one transaction unless the script says otherwise.
    func run(script: String, _ cancellation: StatementCancellation) throws -> String {
        let connection = try begin(script, cancellation) { PQsendQuery($0, script) }
        do {
            var tag = ""
            try flush(connection)
            while let result = try nextResult(connection) {
                try check(result, connection)
                try refuseCopy(result, isExtended: false)
                tag = result.commandTag
            }
            end()
            return tag
        } catch {
            throw fail(error)
        }
    }

    /// Prepares a statement without running it and says what it takes and gives.
    func describe(
        _ sql: String, _ cancellation: StatementCancellation
    ) throws -> (parameters: [UInt32], columns: [(String, UInt32)]) {
        let connection = try begin(sql, cancellation) { PQsendPrepare($0, "", sql, 0, nil) }
        do {
            try flush(connection)
            while let result = try nextResult(connection) { try check(result, connection) }
            guard PQsendDescribePrepared(connection, "") == 1 else {
                throw failure(connection, doing: "describing the statement")
            }
            var description: (parameters: [UInt32], columns: [(String, UInt32)]) = ([], [])
            while let result = try nextResult(connection) {
                try check(result, connection)
                description.parameters = (0..<PQnparams(result.pointer)).map { PQparamtype(result.pointer, $0) }
                description.columns = ResultColumns(result).list.map { ($0.name, $0.oid) }
            }
            end()
            return description
        } catch {
            throw fail(error)
        }
    }

    /// Starts a statement whose rows are read bit by bit.
    func startStream(
        _ sql: String, _ parameters: [PostgresValue], binary: Bool = true, _ cancellation: StatementCancellation
    ) throws {
        let connection = try begin(sql, cancellation) { send(sql, parameters, binary: binary, to: $0) }
        do {
            guard PQsetSingleRowMode(connection) == 1 else { throw failure(connection, doing: "starting a stream") }
            try flush(connection)
        } catch {
            throw fail(error)
        }
    }

    /// The next rows of a stream: each a result of its own, as libpq hands them over. Empty after the last.
    func nextRows() throws -> [ResultHandle] {
        guard let statement = ongoing?.statement else { return [] }
        let connection = try open(statement)
        do {
            var rows: [ResultHandle] = []
            var bytes = 0
            while rows.count < 256, bytes < 1 << 20 {
                guard let result = try nextResult(connection) else {
                    if rows.isEmpty { end() }
                    return rows
                }
                try check(result, connection)
                try refuseCopy(result, isExtended: true)
                if result.rowCount > 0 { rows.append(result) }
                bytes += PQresultMemorySize(result.pointer)
            }
            return rows
        } catch {
            throw fail(error)
        }
    }

    /// Gives up what goes on, because whoever reads it wants no more.
    func abandon() {
        guard ongoing != nil else { return }
        if let connection = try? open() { drain(connection, stopping: true) }
        end()
    }

    private func send(
        _ sql: String, _ parameters: [PostgresValue], binary: Bool, to connection: OpaquePointer
    ) -> Int32 {
        var encoded = ParameterBuffer()
        for parameter in parameters { encoded.append(parameter) }
        return encoded.withPointers { types, values, lengths, formats in
            PQsendQueryParams(
                connection, sql, Int32(parameters.count), types, values, lengths, formats, binary ? 1 : 0)
        }
    }

    private func refuseCopy(_ result: ResultHandle, isExtended: Bool) throws {
        switch result.status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            ongoing?.mayBeCancelled = !isExtended || result.status == PGRES_COPY_OUT
            throw PostgresError(
                .protocolViolation, "COPY cannot be run as a query", hint: "use copyIn or copyOut",
                statement: ongoing?.statement)
        default: return
        }
    }
}
