import ImageModel
import Observations
import Postgres

/// Rows on their way into the temporary tables of what only storage shows, and of pushes and pulls.
struct StagedStorage {
    var damaged: [(number: Int32, object: DamagedObjectObservation)] = []
    var orphans: [(number: Int32, blob: OrphanBlobObservation)] = []
    var uploads: [(number: Int32, upload: UploadObservation)] = []
    var findings: [StorageFindingObservation] = []
    var targets: [TagTargetObservation] = []
    var activities: [ActivityObservation] = []

    mutating func removeAll() {
        damaged.removeAll(keepingCapacity: true)
        orphans.removeAll(keepingCapacity: true)
        uploads.removeAll(keepingCapacity: true)
        findings.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        activities.removeAll(keepingCapacity: true)
    }

    /// Writes the rows into the temporary tables.
    nonisolated(nonsending) func copy(to connection: PostgresConnection) async throws {
        try await StagedRows.copy("staged_damaged", damaged, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.object.store))
            row.bytea(entry.object.key.bytes)
            row.int8(max(0, entry.object.bytes))
        }
        try await StagedRows.copy("staged_orphan", orphans, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.blob.store))
            row.bytea(entry.blob.digest.bytes)
            row.int8(max(0, entry.blob.bytes))
            row.timestamptz(entry.blob.modifiedAt)
        }
        try await StagedRows.copy("staged_upload", uploads, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.upload.repository))
            row.text(StoredText.clean(entry.upload.id))
            row.int8(max(0, entry.upload.bytes))
            row.timestamptz(entry.upload.startedAt)
        }
        try await StagedRows.copy("staged_finding", findings, connection) { row, finding in
            row.text(finding.kind.rawValue)
            row.text(StoredText.clean(finding.repository))
            row.text(StoredText.clean(finding.path))
            row.bytea(finding.digest?.bytes)
            row.text(StoredText.clean(finding.detail))
        }
        try await StagedRows.copy("staged_tag_target", targets, connection) { row, target in
            row.text(StoredText.clean(target.repository))
            row.text(StoredText.clean(target.tag))
            row.bytea(target.digest.bytes)
            row.timestamptz(target.linkedAt)
        }
        try await StagedRows.copy("staged_activity", activities, connection) { row, activity in
            row.text(StoredText.clean(activity.repository))
            row.bytea(activity.digest.bytes)
            row.text(StoredText.clean(activity.tag))
            row.timestamptz(activity.pushedAt)
            row.timestamptz(activity.pulledAt)
            row.bool(activity.recordsPulls)
        }
    }
}
