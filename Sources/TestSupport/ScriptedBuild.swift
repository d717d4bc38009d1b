package import BuildKitAPI
import Foundation
import ImageModel
package import SwiftProtobuf

/// What a builder tells of builds.
package enum ScriptedBuild {
    /// An event of a history about a build that began at second 1,000,000 and took three seconds.
    package static func event(
        _ reference: String, _ type: BuildKitBuildHistoryEventType = .complete,
        _ change: (inout BuildKitBuildHistoryRecord) -> Void = { _ in }
    ) -> BuildKitBuildHistoryEvent {
        var record = BuildKitBuildHistoryRecord()
        record.ref = reference
        record.createdAt = moment(0)
        record.completedAt = moment(3)
        record.logs.digest = Digest.of("progress of \(reference)".utf8).description
        change(&record)
        var event = BuildKitBuildHistoryEvent()
        event.type = type
        event.record = record
        return event
    }

    /// Seconds after the scripted builds begin.
    package static func moment(_ seconds: Int64, nanos: Int32 = 0) -> Google_Protobuf_Timestamp {
        var time = Google_Protobuf_Timestamp()
        time.seconds = 1_000_000 + seconds
        time.nanos = nanos
        return time
    }

    /// The progress of a build whose COPY was cached, and whose RUN took two seconds.
    package static let progress: [BuildKitStatusResponse] = {
        func vertex(
            _ name: String, inputs: [String] = [], from start: Int64? = nil, to end: Int64? = nil, cached: Bool = false
        ) -> BuildKitVertex {
            var vertex = BuildKitVertex()
            vertex.name = name
            vertex.digest = Digest.of(name.utf8).description
            vertex.inputs = inputs.map { Digest.of($0.utf8).description }
            if let start { vertex.started = moment(start) }
            if let end { vertex.completed = moment(end) }
            vertex.cached = cached
            return vertex
        }
        func message(_ vertices: BuildKitVertex...) -> BuildKitStatusResponse {
            var message = BuildKitStatusResponse()
            message.vertexes = vertices
            return message
        }
        let (base, copy, run) = ("[1/3] FROM docker.io/library/base", "[2/3] COPY a /a", "[3/3] RUN make")
        var output = message(vertex(run, inputs: [copy], from: 1))
        var line = BuildKitVertexLog()
        line.vertex = Digest.of(run.utf8).description
        line.stream = 1
        line.msg = Data("\u{1B}[31mnot text \u{0}".utf8) + [0xFF]
        output.logs = [line]
        return [
            message(vertex(base), vertex(copy, inputs: [base]), vertex(run, inputs: [copy])),
            message(
                vertex(base, from: 0, to: 1), vertex(copy, inputs: [base], from: 1, to: 1, cached: true)),
            output,
            message(vertex(run, inputs: [copy], from: 1, to: 3)),
        ]
    }()
}
