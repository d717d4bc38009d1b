import Figures
import Reporting

/// What is said of a plan beside its rows, on standard error.
struct PlanSummary {
    let plan: CleanupPlan
    let picture: PlanPicture
    let units: ByteUnits

    private static let named = 5

    var lines: [String] {
        var lines = [freed]
        if plan.garbageBytes > 0 {
            lines.append("of that, \(size(plan.garbageBytes)) would go without any deletion: nothing holds it")
        }
        lines += [aloneLine, retainedLine, moreLine].compactMap { $0 }
        return lines.map { "\(picture.source.name): \($0)" }
    }

    /// What must be known before anybody acts on it.
    var warnings: [String] {
        var warnings = plan.obstacles
        if !plan.isExact {
            warnings.append(
                PlanSummary.upperBound(picture.source.name))
        }
        if plan.unknownObjects > 0 {
            warnings.append(
                (plan.unknownObjects == 1
                    ? "1 object of unknown size goes" : "\(plan.unknownObjects) objects of unknown size go")
                    + ", too, and count as nothing in the sums")
        }
        if let destruction = destructionLine { warnings.append(destruction) }
        let untagged = plan.deletions.reduce(0) { $0 + ($1.action == .untag ? $1.tags.count : 0) }
        if untagged > 0 && (plan.collector == .distribution || plan.collector == .distributionDeleteUntagged) {
            warnings.append(
                (untagged == 1 ? "1 tag shares its" : "\(untagged) tags share their")
                    + " manifest with a tag that stays; distribution 2 cannot delete a tag alone, so nothing is done "
                    + "until the registry is a newer one (it frees nothing either way)")
        }
        return warnings.map { "\(picture.source.name): \($0)" }
    }

    /// What is said of bytes that others may hold, who were not seen.
    static func upperBound(_ source: String) -> String {
        "untagged manifests and unlisted blobs were not seen, and may hold the same layers: the bytes are an upper "
            + "bound; `layerscope collect storage DIR --name \(source)` makes them exact"
    }

    private var freed: String {
        let deletions = plan.deletions.count
        let bytes = "\(CountFormat.grouped(plan.freedBytes)) bytes"
        return "\(deletions == 1 ? "1 deletion frees" : "\(CountFormat.grouped(Int64(deletions))) deletions free") "
            + "\(size(plan.freedBytes)) (\(bytes)) of \(size(plan.heldBytes)) under \(plan.collector.rawValue)"
    }

    private var aloneLine: String? {
        let alone = plan.deletions.reduce(0) { $0 + $1.exclusiveBytes }
        let together = plan.freedBytes - plan.garbageBytes - alone
        guard plan.deletions.count > 1, together > 0 else { return nil }
        return "each alone they free \(size(alone)); \(size(together)) more only together"
    }

    private var retainedLine: String? {
        guard plan.retainedBytes > 0 else { return nil }
        let most = plan.holders.filter { $0.heldBytes > 0 }.sorted { $0.heldBytes > $1.heldBytes }.prefix(Self.named)
        return "\(size(plan.retainedBytes)) of what goes stays, because others hold it"
            + (most.isEmpty ? "" : ": " + most.map { "\(name($0)) \(size($0.heldBytes))" }.joined(separator: ", "))
    }

    private var moreLine: String? {
        let most = plan.holders.filter { $0.freesBytes > 0 }.sorted { $0.freesBytes > $1.freesBytes }.prefix(Self.named)
        guard !most.isEmpty, !plan.deletions.isEmpty else { return nil }
        return "more would go with one of: "
            + most.map { "\(name($0)) \(size($0.freesBytes))" }.joined(separator: ", ")
    }

    private var destructionLine: String? {
        guard !plan.destructions.isEmpty else { return nil }
        let names = plan.destructions.prefix(20).map {
            picture.name(repository: $0.repository, item: $0.item, tags: $0.tags)
        }
        let rest = plan.destructions.count - names.count
        let bytes = plan.destructions.reduce(0) { $0 + $1.bytes }
        return
            "\(plan.collector.rawValue) would DESTROY \(plan.destructions.count) \(plan.destructions.count == 1 ? "image that is" : "images that are") to stay, "
            + "\(size(bytes)): \(names.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "")"
    }

    private func name(_ holder: CleanupPlan.Holder) -> String {
        picture.name(repository: holder.repository, item: holder.item, tags: holder.tags)
    }

    private func size(_ bytes: Int64) -> String { ByteFormat.human(bytes, units: units, separator: " ") }
}
