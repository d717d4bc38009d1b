package import BuildModel
package import Dockerfile
package import Figures

/// What is advised for a Dockerfile.
///
/// - Parameters:
///   - text: the file that was parsed, from which rewritten files are made.
///   - ignore: the `.dockerignore` beside it; nil when there is none.
///   - builds: recorded builds of this Dockerfile, oldest first. Without any, only what the text shows is said.
package func advice(
    for dockerfile: Dockerfile, text: String, ignore: String?, builds: [Build]
) -> DockerfileReport {
    let lines = DockerfileText(text, dockerfile)
    var histories = dockerfile.instructions.map {
        InstructionHistory(
            lines: $0.lines, keyword: $0.keyword, text: $0.text, makesStep: $0.makesStep)
    }
    var report = DockerfileReport(builds: builds.count, instructions: [])
    var findings = DockerfileRules(dockerfile: dockerfile, ignore: ignore).findings()
    var arranged = Array(dockerfile.instructions.indices)
    let count = dockerfile.stages.count
    let names = dockerfile.stages.enumerated().map { StageName($1, number: $0, count: count) }
    for (number, stage) in dockerfile.stages.enumerated() {
        for index in stage.instructions { histories[index].stage = names[number].name }
        let indexes = Array(stage.instructions.dropFirst())
        guard !indexes.isEmpty else { continue }
        let instructions = indexes.map { dockerfile.instructions[$0] }
        let observations = StageObservations(
            instructions, names[number], baseStage: dockerfile.baseStage(of: number).map { names[$0] }, builds: builds)
        for (position, index) in indexes.enumerated() {
            histories[index].rate = observations.rates[position]
            histories[index].duration = observations.duration(position)
            histories[index].runs = observations.runs[position].count
        }
        let ours = indexes.map { histories[$0] }
        let dependencies = StageDependencies(instructions)
        let order = stageOrder(names[number].name, indexes, ours, dependencies, observations)
        arranged.replaceSubrange(
            (stage.instructions.lowerBound + 1)..<stage.instructions.upperBound, with: order.proposed)
        report.orders.append(order)
        findings += stableBelowChanging(order, histories, dependencies)
        let rewrite = ManifestRewrite(
            dockerfile: dockerfile, text: lines, dependencies: dependencies, indexes: indexes,
            observations: observations, histories: ours
        ).find()
        if let rewrite {
            report.rewrites.append(rewrite)
            findings.append(finding(rewrite))
        }
    }
    report.instructions = histories
    if report.orders.contains(where: \.isChange) { report.reordered = lines.arranged(arranged) }
    report.findings = findings.enumerated().sorted {
        ($0.element.lines.lowerBound, $0.offset) < ($1.element.lines.lowerBound, $1.offset)
    }.map(\.element)
    return report
}

/// The best order of one stage. What was not observed keeps its place.
private func stageOrder(
    _ stage: String, _ indexes: [Int], _ histories: [InstructionHistory], _ dependencies: StageDependencies,
    _ observations: StageObservations
) -> OrderAdvice {
    var missing: [String] = []
    var unobserved: [Int: String] = [:]
    for (position, history) in histories.enumerated() where history.makesStep {
        let lacks = [
            history.rate.value == nil ? "how often it changes" : nil,
            history.duration == nil ? "how long it takes" : nil,
        ].compactMap { $0 }
        if lacks.isEmpty { continue }
        let line = "line \(history.lines.lowerBound): no recorded build shows \(lacks.joined(separator: " and "))"
        unobserved[position] = line
        missing.append(line)
    }
    var kept: [KeptOrder] = []
    var predecessors: [Set<Int>] = histories.map { _ in [] }
    for second in histories.indices {
        for first in 0..<second {
            let reason =
                dependencies.reason(first, second)
                ?? (unobserved[second] ?? unobserved[first]).map { "\($0), so it keeps its place" }
            guard let reason else { continue }
            predecessors[second].insert(first)
            kept.append(KeptOrder(first: indexes[first], second: indexes[second], reason: reason))
        }
    }
    let nanosecond = 1e-9
    let problem = BestOrder.Problem(
        durations: histories.map { Double($0.duration ?? 0) * nanosecond }, rates: histories.map { $0.rate.value ?? 0 },
        predecessors: predecessors)
    let best = BestOrder.find(problem)
    let isKnown = missing.isEmpty
    return OrderAdvice(
        stage: stage, current: indexes, proposed: best.order.map { indexes[$0] },
        expectedBefore: isKnown ? problem.expected(Array(histories.indices)) : nil,
        expectedAfter: isKnown ? best.expected : nil, isProvenBest: best.isProven && isKnown, kept: kept,
        replay: OrderReplay(observations, order: best.order, histories: histories, indexes: indexes), missing: missing)
}

/// Says of a proposed order what moves up, or without observations what plainly could.
private func stableBelowChanging(
    _ order: OrderAdvice, _ histories: [InstructionHistory], _ dependencies: StageDependencies
) -> [DockerfileAdvice] {
    func line(_ index: Int) -> Int { histories[index].lines.lowerBound }
    var findings: [DockerfileAdvice] = []
    if order.isChange {
        // What passes others on its way up, and of those only what makes steps.
        for (place, index) in order.proposed.enumerated() where histories[index].makesStep {
            let passed = order.proposed[place...].filter { $0 < index && histories[$0].makesStep }
            guard !passed.isEmpty else { continue }
            let rate = histories[index].rate
            findings.append(
                DockerfileAdvice(
                    rule: .stableBelowChanging, lines: histories[index].lines,
                    reason: "it changed in \(rate.changes) of \(rate.observations) builds, and hangs on nothing in "
                        + "\(passed.count == 1 ? "line" : "lines") \(passed.map { String(line($0)) }.joined(separator: ", "))",
                    advice: "move it above line \(passed.map(line).min() ?? 0)",
                    saved: findings.isEmpty ? order.replay.saved : nil))
        }
        return findings
    }
    guard order.replay.builds.isEmpty else { return [] }
    for second in dependencies.instructions.indices where dependencies.instructions[second].keyword == "RUN" {
        let first = (0..<second).first { first in
            ManifestRewrite.copiesEverything(dependencies.instructions[first])
                && (first..<second).allSatisfy { dependencies.reason($0, second) == nil }
        }
        guard let first else { continue }
        findings.append(
            DockerfileAdvice(
                rule: .stableBelowChanging, lines: dependencies.instructions[second].lines,
                reason: "every change of any file runs it again, and it hangs on nothing since line "
                    + "\(dependencies.instructions[first].lines.lowerBound)",
                advice: "move it above line \(dependencies.instructions[first].lines.lowerBound)"))
    }
    return findings
}

private func finding(_ rewrite: StructuralRewrite) -> DockerfileAdvice {
    DockerfileAdvice(
        rule: rewrite.rule, lines: rewrite.installLines,
        reason: "every change of any file that line \(rewrite.copyLines.lowerBound) copies installs everything again",
        advice: "copy \(rewrite.manifests.joined(separator: ", ")) first, install, then copy the rest; this holds if "
            + rewrite.assumption,
        saved: rewrite.savedAtMost)
}
