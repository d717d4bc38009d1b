import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The smallest loop over the HTTP client that the collectors use: what it costs by itself, without credentials,
/// limits, parsing and writing.
struct PlainClient {
    let host: String

    /// Asks all of it once and reads every answer to its end. Returns how many were asked.
    func run(_ requests: [LoggedRequest]) async throws -> Int {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Asking.connections
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        let list = RequestList(requests)
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<Asking.connections {
                    tasks.addTask {
                        while let asked = list.next() {
                            var request = HTTPClientRequest(url: "http://\(host)\(asked.path)")
                            request.method = HTTPMethod(rawValue: asked.method)
                            request.headers.add(name: "accept", value: Asking.accept)
                            let response = try await client.execute(request, deadline: .now() + .seconds(60))
                            for try await _ in response.body {}
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        } catch {
            try await client.shutdown()
            try await group.shutdownGracefully()
            throw error
        }
        try await client.shutdown()
        try await group.shutdownGracefully()
        return requests.count
    }
}

/// Hands out requests, each once, to several tasks.
private final class RequestList: Sendable {
    private let requests: [LoggedRequest]
    private let position = Atomic(0)

    init(_ requests: [LoggedRequest]) { self.requests = requests }

    func next() -> LoggedRequest? {
        let taken = position.wrappingAdd(1, ordering: .relaxed).oldValue
        return taken < requests.count ? requests[taken] : nil
    }
}
