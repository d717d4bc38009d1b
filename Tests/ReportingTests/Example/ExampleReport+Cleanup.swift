import Figures
import Foundation
import Reporting

extension ExampleReport {
    /// What would go if of three images two did: an example of a plan, counted in the plainest way.
    func cleanup(_ bytes: [String: Int64], _ imagesOf: [String: Set<Int>]) -> [CleanupReport] {
        guard images.count > 1 else { return [] }
        let going = images.indices.filter { $0 % 3 != 0 }
        func freed(_ some: [Int]) -> Int64 {
            imagesOf.reduce(0) { $0 + ($1.value.isSubset(of: some) ? bytes[$1.key] ?? 0 : 0) }
        }
        let all = freed(going)
        let held = Set(going.flatMap { images[$0].layers.map(\.digest) }).reduce(Int64(0)) { $0 + (bytes[$1] ?? 0) }
        var deletions = Table(name: "cleanup", columns: Self.planColumns)
        for index in going {
            deletions.rows.append(
                start("delete", images[index]) + [
                    .integer(freed([index])), .text("all but the youngest"), .flag(true), .null, .null,
                ])
        }
        var refusals = Table(name: "cleanup", columns: Self.planColumns)
        for image in images.enumerated().filter({ $0.offset % 3 == 0 }).map(\.element).prefix(2) {
            refusals.rows.append(
                start("keep", image) + [
                    .null, .text("all but the youngest"), .flag(true), .text("container"),
                    .text("container web on \(image.repository)"),
                ])
        }
        let corners = stride(from: 0, through: 4, by: 1).map { quarter in
            let some = Array(going.prefix(going.count * quarter / 4))
            return Frontier.Corner(loss: Int64(some.count), freedBytes: freed(some))
        }
        return [
            CleanupReport(
                source: "docker.io/library", collector: "distribution", rules: ["all but the youngest"],
                heldBytes: bytes.values.reduce(0, +), freedBytes: all, garbageBytes: 0, retainedBytes: held - all,
                isExact: false, warnings: ["docker.io/library: untagged manifests were not seen"],
                deletionCount: Int64(going.count) + 1, refusalCount: Int64(refusals.rows.count), deletions: deletions,
                refusals: refusals,
                holders: Table(
                    name: "holders",
                    columns: [.init("name", .text), .init("held_bytes", .bytes), .init("frees_bytes", .bytes)],
                    rows: [
                        [.text("\(images[0].repository):1"), .integer(held - all), .integer(5)],
                        [.text("\(images[0].repository):2"), .integer((held - all) / 2), .integer(0)],
                    ]),
                curve: corners)
        ]
    }

    private static let planColumns: [Table.Column] = [
        .init("action", .text), .init("source", .text), .init("repository", .text), .init("tags", .list),
        .init("digest", .digest), .init("kind", .text), .init("created_at", .time), .init("pushed_at", .time),
        .init("pulled_at", .time), .init("exclusive_bytes", .bytes), .init("reason", .text), .init("selected", .flag),
        .init("blocker", .text), .init("blocked_by", .text),
    ]

    private func start(_ action: String, _ image: ExampleImage) -> [Value] {
        [
            .text(action), .text("docker.io/library"), .text(image.repository), .list(image.tags), .text(image.digest),
            .text("image"), .null, .time(Date(timeIntervalSince1970: 1_500_000_000)), .null,
        ]
    }
}
