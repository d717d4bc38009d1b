import Synchronization

/// Runs a body for each input, so many at once, and returns what they made in the order of the inputs. The first error
/// ends all.
func concurrently<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], width: Int, _ body: @escaping @Sendable (Input) async throws -> Output
) async throws -> [Output] {
    if inputs.count <= 1 {
        var outputs: [Output] = []
        for input in inputs { outputs.append(try await body(input)) }
        return outputs
    }
    let next = Counter()
    return try await withThrowingTaskGroup(of: [(Int, Output)].self) { group in
        for _ in 0..<min(width, inputs.count) {
            group.addTask {
                var done: [(Int, Output)] = []
                while let position = next.take(below: inputs.count) {
                    done.append((position, try await body(inputs[position])))
                }
                return done
            }
        }
        var outputs = [Output?](repeating: nil, count: inputs.count)
        for try await done in group {
            for (position, output) in done { outputs[position] = output }
        }
        return outputs.compactMap { $0 }
    }
}

/// Counts up, for several tasks.
private final class Counter: Sendable {
    private let value = Atomic(0)

    func take(below limit: Int) -> Int? {
        let taken = value.wrappingAdd(1, ordering: .relaxed).oldValue
        return taken < limit ? taken : nil
    }
}
