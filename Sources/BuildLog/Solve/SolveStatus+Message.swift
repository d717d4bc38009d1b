package import BuildKitAPI
package import Foundation
import ImageModel
import SwiftProtobuf

extension SolveStatus {
    /// Takes a message of BuildKit's API. Throws ``SolveError`` when a vertex has no digest.
    package init(_ message: BuildKitStatusResponse) throws(SolveError) {
        self.init()
        for vertex in message.vertexes { vertices.append(try SolveVertex(vertex)) }
        for task in message.statuses { tasks.append(try SolveTask(task)) }
        for log in message.logs {
            logs.append(SolveLog(vertex: try digest(log.vertex, of: "log"), byteCount: log.msg.count))
        }
        for warning in message.warnings {
            warnings.append(
                SolveWarning(
                    vertex: try digest(warning.vertex, of: "warning"), level: Int(warning.level),
                    short: String(decoding: warning.short, as: UTF8.self)))
        }
    }

    /// The most messages that a stream may have.
    package static let messageLimit = 1_000_000

    /// Reads the progress that a build record keeps (`application/vnd.buildkit.status.v0`): messages of the API, each
    /// after its length in four bytes, lowest first [buildkit: solver/llbsolver/history/buildhistory.go]. Gives each
    /// message to `take`. Throws ``SolveError``, and what `take` throws; what came before has been given.
    package static func readStream(_ data: Data, _ take: (SolveStatus) throws -> Void) throws {
        var rest = data[...]
        var number = 0
        while !rest.isEmpty {
            number += 1
            guard number <= messageLimit else {
                throw SolveError(.limit, "the progress has more than \(messageLimit) messages")
            }
            guard rest.count >= 4 else {
                throw SolveError(.truncated, "the progress ends inside the length of message \(number)")
            }
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= byteLimit else {
                throw SolveError(
                    .limit, "message \(number) of the progress has \(length) bytes, more than \(byteLimit)")
            }
            guard rest.count >= length else {
                throw SolveError(
                    .truncated, "message \(number) of the progress has \(rest.count) bytes of the \(length) it says")
            }
            let message: BuildKitStatusResponse
            do {
                message = try BuildKitStatusResponse(serializedBytes: Data(rest.prefix(length)))
            } catch {
                throw SolveError(.corrupt, "message \(number) of the progress is no protobuf of BuildKit's")
            }
            rest = rest.dropFirst(length)
            try take(SolveStatus(message))
        }
    }
}

private func digest(_ text: String, of what: String) throws(SolveError) -> Digest {
    do {
        return try Digest(text)
    } catch {
        throw SolveError(.corrupt, "a \(what) of the progress names its vertex by \(quoted(text)), which is no digest")
    }
}

extension SolveTime {
    fileprivate init(_ time: Google_Protobuf_Timestamp) { self.init(seconds: time.seconds, nanos: time.nanos) }
}

extension SolveVertex {
    fileprivate init(_ vertex: BuildKitVertex) throws(SolveError) {
        self.init(digest: try BuildLog.digest(vertex.digest, of: "vertex"), name: vertex.name)
        for input in vertex.inputs { inputs.append(try BuildLog.digest(input, of: "vertex' input")) }
        started = vertex.hasStarted ? SolveTime(vertex.started).nanoseconds : nil
        completed = vertex.hasCompleted ? SolveTime(vertex.completed).nanoseconds : nil
        cached = vertex.cached
        error = vertex.error.isEmpty ? nil : vertex.error
        if vertex.hasProgressGroup {
            let told = vertex.progressGroup
            group = SolveGroup(id: told.id, name: told.name, weak: told.weak)
        }
    }
}

extension SolveTask {
    fileprivate init(_ task: BuildKitVertexStatus) throws(SolveError) {
        self.init(
            id: task.id, vertex: try BuildLog.digest(task.vertex, of: "status"), name: task.name,
            current: task.current, total: task.total,
            timestamp: task.hasTimestamp ? SolveTime(task.timestamp).nanoseconds : nil,
            started: task.hasStarted ? SolveTime(task.started).nanoseconds : nil,
            completed: task.hasCompleted ? SolveTime(task.completed).nanoseconds : nil)
    }
}
