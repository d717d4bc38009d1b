/// A value that is made when it is first wanted, and once only, however many want it. A failure that may pass is not kept:
/// the value is tried again. One that will not pass is: nobody is asked with a wrong password again and again.
actor OnceOnly<Value: Sendable> {
    private let make: @Sendable () async throws -> Value
    private var task: Task<Value, any Error>?

    init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    /// The value. Throws what making it throws.
    func value() async throws -> Value {
        let running = task ?? Task { try await make() }
        task = running
        do {
            return try await withTaskCancellationHandler {
                try await running.value
            } onCancel: {
                running.cancel()
            }
        } catch {
            let mayPass = (error as? HTTPFailure)?.isTemporary ?? (error is CancellationError)
            if mayPass, task == running { task = nil }
            throw error
        }
    }

    /// Has the value made anew when it is wanted next.
    func forget() { task = nil }
}
