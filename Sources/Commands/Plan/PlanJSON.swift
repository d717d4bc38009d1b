import Figures
import ImageModel
import Reporting

/// What a plan's JSON document has beside rows, totals, checks and coverage.
enum PlanJSON {
    static func members(_ planned: [PlannedSource]) -> [JSONValue.Member] {
        [.init("plans", .list(planned.map { .object(members($0)) }))]
    }

    private static func members(_ source: PlannedSource) -> [JSONValue.Member] {
        let (plan, picture) = (source.plan, source.picture)
        var members: [JSONValue.Member] = [
            .init("source", .text(picture.source.name)), .init("garbage_collector", .text(plan.collector.rawValue)),
            .init("bytes_are", .text(picture.source.bytesAre)),
            .init("rules", .list(source.rules.map { .text($0.name) })),
            .init("held_bytes", .integer(plan.heldBytes)), .init("freed_bytes", .integer(plan.freedBytes)),
            .init("garbage_bytes", .integer(plan.garbageBytes)), .init("retained_bytes", .integer(plan.retainedBytes)),
            .init("unknown_objects", .integer(plan.unknownObjects)), .init("exact", .flag(plan.isExact)),
            .init("obstacles", .list(plan.obstacles.map { .text($0) })),
            .init("holders", .list(plan.holders.map { json($0, picture) })),
            .init("destroys", .list(plan.destructions.map { json($0, picture) })),
        ]
        if let target = source.target {
            members.append(.init("target", json(target)))
        }
        return members
    }

    private static func start(
        _ repository: LayerGraph.Index, _ item: LayerGraph.Index, _ tags: [String], _ picture: PlanPicture
    ) -> [JSONValue.Member] {
        [
            .init("repository", .text(picture.repository(repository))), .init("tags", .list(tags.map { .text($0) })),
            .init("digest", .text(picture.digest(item).description)),
        ]
    }

    private static func json(_ holder: CleanupPlan.Holder, _ picture: PlanPicture) -> JSONValue {
        .object(
            start(holder.repository, holder.item, holder.tags, picture) + [
                .init("held_bytes", .integer(holder.heldBytes)), .init("frees_bytes", .integer(holder.freesBytes)),
            ])
    }

    private static func json(_ destruction: CleanupPlan.Destruction, _ picture: PlanPicture) -> JSONValue {
        .object(
            start(destruction.repository, destruction.item, destruction.tags, picture) + [
                .init("bytes", .integer(destruction.bytes))
            ])
    }

    private static func json(_ target: PlannedSource.Target) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("target_bytes", .integer(target.bytes)), .init("measure", .text(target.measure.rawValue)),
            .init("reached", .flag(target.choice != nil)),
        ]
        if let choice = target.choice {
            members += [
                .init("loss", .integer(choice.loss)), .init("least_loss", .integer(choice.lowerBound)),
                .init("optimal", .flag(choice.isOptimal)),
            ]
        }
        members.append(
            .init(
                "frontier",
                .list(
                    target.frontier.thinned(to: 200).map {
                        .object([
                            .init("loss", .integer($0.loss)), .init("freed_bytes", .integer($0.freedBytes)),
                        ])
                    })))
        return .object(members)
    }
}
