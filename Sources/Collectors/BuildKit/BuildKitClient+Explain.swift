import GRPCCore
import ImageModel

extension BuildKitClient {
    /// What a failed call means, and what the operator can do.
    func explain(_ error: any Error, call: String) -> any Error {
        guard let error = error as? RPCError else { return error }
        let place = builder.location
        let said = error.message.isEmpty ? "" : ": " + quoted(String(error.message.prefix(300)))
        switch error.code {
        case .unavailable:
            return bridge.lastFailure
                ?? EngineError(
                    .cut, place, "the connection was cut during \(call)",
                    hint: "see whether the builder was restarted, then collect again")
        case .unimplemented:
            return EngineError(.version, place, "this builder has no \(call)")
        case .deadlineExceeded:
            return EngineError(
                .timedOut, place, "\(call) took too long", hint: "see whether the builder is busy or hangs")
        case .resourceExhausted:
            return EngineError(.tooLarge, place, "\(call) answered with a larger message than is read\(said)")
        case .permissionDenied, .unauthenticated:
            return EngineError(.forbidden, place, "\(call) is refused\(said)")
        case .notFound:
            return EngineError(.status(404), place, "\(call) does not find it\(said)")
        case .internalError where bridge.lastFailure != nil:
            return bridge.lastFailure ?? error
        default:
            return EngineError(
                .failed, place, "\(call) failed (\(error.code))\(said)", hint: "see the builder's own log")
        }
    }
}
