import Analysis
import Database
import Figures

/// How often recorded builds missed the cache at each instruction, whatever project they are of, and for how long it
/// then ran.
struct InstructionMisses {
    private struct Sum {
        var misses: Int64 = 0
        /// Nil when of no miss it is known how long it took.
        var seconds: Double?
    }

    private var sums: [String: Sum] = [:]

    init(_ reader: Reader) async throws {
        let rates = try await reader.database.hitRates(by: .instruction)
        for row in rates.rows.indices {
            guard let text = rates.value(row, "instruction").text else { continue }
            var sum = sums[instructionWords(text), default: Sum()]
            sum.misses += rates.value(row, "misses").integer ?? 0
            if let seconds = rates.value(row, "seconds_run").real { sum.seconds = (sum.seconds ?? 0) + seconds }
            sums[instructionWords(text)] = sum
        }
    }

    /// A table with a column `instruction`, and beside it what builds tell of that: null where none has it.
    func joined(to table: Table) -> Table {
        var table = table
        table.columns += [.init("misses", .count), .init("seconds_run", .ratio)]
        for row in table.rows.indices {
            let sum = table.value(row, "instruction").text.flatMap { sums[$0] }
            table.rows[row] += [sum.map { .integer($0.misses) } ?? .null, sum?.seconds.map(Value.real) ?? .null]
        }
        return table
    }
}
