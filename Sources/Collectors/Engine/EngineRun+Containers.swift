import Foundation
import ImageModel
import Observations

extension EngineRun {
    /// Records Docker's containers, with their own bytes as the disk usage tells them.
    func recordContainers(
        _ reader: DockerReader, _ usage: Result<DockerDiskUsage?, EngineError>, _ report: inout EngineReport
    ) async throws {
        do {
            let containers = try await reader.containers()
            let told = (try? usage.get())?.containers ?? []
            let bytes = Dictionary(told.map { ($0.id, $0.writableBytes) }, uniquingKeysWith: { first, _ in first })
            try await record(
                containers.sorted { $0.id < $1.id }.map { container in
                    .container(
                        ContainerObservation(
                            id: container.id, name: Self.name(container.names),
                            item: report.item([container.manifest?.digest, container.imageID]),
                            imageName: container.image ?? "", state: container.state ?? "",
                            createdAt: container.created.flatMap {
                                $0 > 0 ? Date(timeIntervalSince1970: Double($0)) : nil
                            },
                            // The engine leaves out what is 0.
                            writableBytes: bytes[container.id].map { $0 ?? 0 }))
                })
            report.add(
                AspectStatus(
                    aspect: Aspect.containers, outcome: .complete, seen: containers.count, expected: containers.count))
        } catch let error as EngineError {
            report.failed(Aspect.containers, error)
        }
    }

    /// Records Podman's containers.
    func recordContainers(
        _ reader: PodmanReader, _ usage: Result<PodmanDiskUsage, EngineError>, _ report: inout EngineReport
    ) async throws {
        do {
            let containers = try await reader.containers()
            let told = (try? usage.get())?.containers ?? []
            let bytes = Dictionary(told.map { ($0.id, $0.writableBytes) }, uniquingKeysWith: { first, _ in first })
            try await record(
                containers.sorted { $0.id < $1.id }.map { container in
                    .container(
                        ContainerObservation(
                            id: container.id, name: Self.name(container.names), item: report.item([container.imageID]),
                            imageName: container.image ?? "", state: container.state ?? "",
                            createdAt: Timestamp.parse(container.created), writableBytes: bytes[container.id] ?? nil))
                })
            report.add(
                AspectStatus(
                    aspect: Aspect.containers, outcome: .complete, seen: containers.count, expected: containers.count))
        } catch let error as EngineError {
            report.failed(Aspect.containers, error)
        }
    }

    /// Records the build cache that Docker's disk usage tells of.
    func recordBuildCache(_ usage: Result<DockerDiskUsage?, EngineError>, _ report: inout EngineReport) async throws {
        let told: DockerDiskUsage?
        switch usage {
        case .failure(let error): return report.failed(Aspect.buildCache, error)
        case .success(let usage): told = usage
        }
        guard let told, let records = told.buildCache else {
            return report.add(
                AspectStatus(
                    aspect: Aspect.buildCache, outcome: .notAvailable,
                    detail: "the engine's API \(session.version) tells of no build cache"))
        }
        try await record(
            records.sorted { $0.id < $1.id }.map { record in
                .cacheRecord(
                    CacheRecordObservation(
                        id: record.id, recordType: record.type ?? "regular",
                        recordDescription: record.description ?? "", bytes: record.size.flatMap { $0 < 0 ? nil : $0 },
                        isInUse: record.isInUse ?? false, isShared: record.isShared ?? false,
                        createdAt: Timestamp.parse(record.createdAt), lastUsedAt: Timestamp.parse(record.lastUsedAt),
                        usageCount: record.usageCount ?? 0, parents: record.parents))
            })
        if let bytes = told.buildCacheBytes {
            try await record([.reportedFigure(ReportedFigure(name: "build_cache_bytes", bytes: bytes))])
        }
        report.add(
            AspectStatus(aspect: Aspect.buildCache, outcome: .complete, seen: records.count, expected: records.count))
    }

    private static func name(_ names: [String]?) -> String {
        // Docker writes a slash before a name; links make longer ones.
        let plain = (names ?? []).map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        return plain.filter { !$0.contains("/") }.min() ?? plain.min() ?? ""
    }
}
