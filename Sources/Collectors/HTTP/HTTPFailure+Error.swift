import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension HTTPFailure {
    /// What an error of the HTTP client means. Nil for cancellation, which is passed on as it is.
    package static func from(_ error: any Error, method: String, url: String) -> HTTPFailure? {
        if let failure = error as? HTTPFailure { return failure }
        if error is CancellationError { return nil }
        if (error as? HTTPClientError) == .cancelled { return nil }
        return HTTPFailure(method: method, url: url, reason: reason(of: error))
    }

    private static func reason(of error: any Error) -> Reason {
        switch error {
        case let error as HTTPClientError: reason(of: error)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .untrusted("\(error)")
        case is NIOConnectionError: .unreachable("no connection to the host")
        case let error as IOError where connectionErrors.contains(error.errnoCode):
            .unreachable(String(cString: strerror(error.errnoCode)))
        case is IOError, is HTTPParserError, is ChannelError: .connectionLost
        case is SocketAddressError: .unreachable("unknown host")
        default: .unreachable("\(type(of: error))")
        }
    }

    private static let connectionErrors: Set<CInt> = [
        ECONNREFUSED, ENOENT, EACCES, EHOSTUNREACH, ENETUNREACH, ENOTSOCK,
    ]

    private static func reason(of error: HTTPClientError) -> Reason {
        switch error {
        case .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout: .timedOut
        case .connectTimeout, .socksHandshakeTimeout, .httpProxyHandshakeTimeout: .unreachable("no answer to connect")
        case .tlsHandshakeTimeout: .untrusted("no answer to the handshake")
        case .remoteConnectionClosed, .uncleanShutdown, .bodyLengthMismatch: .connectionLost
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: .invalidRequest("the address is not usable")
        default: .invalidRequest(error.shortDescription)
        }
    }
}
