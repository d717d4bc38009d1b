package import Foundation
package import NIOHTTP1

/// A request that a ``ScriptedHTTPServer`` took.
package struct ScriptedRequest: Sendable {
    package var method: String
    /// Path and query, as they came.
    package var target: String
    package var headers: HTTPHeaders
    package var body: Data
    /// How many requests with this method and target came before.
    package var earlier: Int

    /// The path, without the query.
    package var path: String { String(target.prefix { $0 != "?" }) }
    /// The query, without its question mark; empty when there is none.
    package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
    /// The value of an item of the query, with percent signs undone.
    package func item(_ name: String) -> String? {
        query.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .flatMap { String($0.dropFirst(name.count + 1)).removingPercentEncoding }
    }
}

/// What a ``ScriptedHTTPServer`` answers, down to how the bytes come.
package struct ScriptedReply: Sendable {
    /// A part of a body.
    package enum Step: Sendable {
        case send(Data)
        /// The same bytes many times.
        case repeated(Data, times: Int)
        /// The same bytes until the client leaves.
        case endless(Data)
        /// One byte after another, with this time between them.
        case drip(Data, every: Duration)
        /// Cuts the connection.
        case cut
        /// Sends nothing more until the client leaves.
        case hang
    }

    package var status: Int
    package var headers: HTTPHeaders
    package var steps: [Step]
    /// False when no `Content-Length` is to be made from the steps.
    package var declaresLength = true
    /// Cuts the connection without any answer.
    package var cutsAtOnce = false
    /// Answers nothing at all.
    package var isSilent = false

    package init(_ status: Int, headers: HTTPHeaders = [:], steps: [Step]) {
        self.status = status
        self.headers = headers
        self.steps = steps
    }

    /// An answer with a body.
    package init(_ status: Int = 200, headers: HTTPHeaders = [:], _ body: Data = Data()) {
        self.init(status, headers: headers, steps: [.send(body)])
    }

    /// An answer with JSON text.
    package static func json(_ text: String, status: Int = 200, headers: HTTPHeaders = [:]) -> ScriptedReply {
        var headers = headers
        if !headers.contains(name: "content-type") { headers.add(name: "content-type", value: "application/json") }
        return ScriptedReply(status, headers: headers, Data(text.utf8))
    }

    /// The connection is cut without any answer.
    package static var cut: ScriptedReply {
        var reply = ScriptedReply()
        reply.cutsAtOnce = true
        return reply
    }

    /// Nothing is ever answered.
    package static var silence: ScriptedReply {
        var reply = ScriptedReply()
        reply.isSilent = true
        return reply
    }

    /// The bytes that the steps would send, when they end.
    var length: Int? {
        var count = 0
        for step in steps {
            switch step {
            case .send(let data), .drip(let data, _): count += data.count
            case .repeated(let data, let times): count += data.count * times
            case .endless, .cut, .hang: return nil
            }
        }
        return count
    }
}
