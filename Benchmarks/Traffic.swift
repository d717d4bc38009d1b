import Foundation

/// What requests cost: time, and the processor time of all who took part.
struct Traffic {
    var requests = 0
    /// In seconds.
    var time = 0.0
    /// Seconds of processor time of the one who asked, of the registry, and of PostgreSQL.
    var asker = 0.0
    var registry = 0.0
    var database = 0.0

    var rate: Double { Double(requests) / time }

    /// Seconds of processor time of all together.
    var work: Double { asker + registry + database }

    /// Milliseconds of processor time for each thousand requests.
    func cost(_ part: KeyPath<Traffic, Double>) -> Double { self[keyPath: part] / Double(requests) * 1e6 }
}

/// Several measurements of the same traffic.
struct TrafficRounds {
    var rounds: [Traffic] = []

    var rate: Spread { Spread(rounds.map(\.rate)) }

    /// Prints requests per second, and what they cost.
    func report(_ name: String) {
        line("\(name): requests per second", rate, places: 0)
        let parts: [(String, KeyPath<Traffic, Double>)] = [
            ("asking", \.asker), ("registry", \.registry), ("PostgreSQL", \.database),
        ]
        let costs = parts.map { name, part in
            name + " " + decimal(Spread(rounds.map { $0.cost(part) }).median, places: 0)
        }
        line("  processor ms for 1000 requests", costs.joined(separator: ", "))
    }

    /// How the rates compare, round by round: only what was measured side by side is comparable.
    func share(of other: TrafficRounds) -> Spread {
        Spread(zip(rounds, other.rounds).map { $0.rate / $1.rate * 100 })
    }

    /// How the processor time for a request compares: what the rates would be were the processors always busy with
    /// this and with nothing else. Others' work disturbs it less than the rates.
    func workShare(of other: TrafficRounds) -> Spread {
        Spread(
            zip(rounds, other.rounds).map { own, other in
                (other.work / Double(other.requests)) / (own.work / Double(own.requests)) * 100
            })
    }
}

/// Measures traffic to a registry.
struct TrafficMeter {
    let registry: RunningRegistry
    /// PostgreSQL's main process.
    let database: Int32

    /// Runs a body that tells how many requests it made.
    ///
    /// - Parameter usesChild: whether a program asks, and not this process.
    func measure(usesChild: Bool = false, _ body: () async throws -> Int) async throws -> Traffic {
        let clock = ContinuousClock()
        func times() -> Traffic {
            Traffic(
                asker: usesChild ? childProcessorTime() : ownProcessorTime(),
                registry: ProcessStatus(registry.process)?.time ?? 0,
                database: ProcessStatus.time(ofFamily: database))
        }
        let before = times()
        let start = clock.now
        let requests = try await body()
        let time = start.duration(to: clock.now) / .seconds(1)
        let after = times()
        return Traffic(
            requests: requests, time: time, asker: after.asker - before.asker,
            registry: after.registry - before.registry, database: after.database - before.database)
    }
}
