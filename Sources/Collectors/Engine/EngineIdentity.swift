/// What answers at an endpoint.
package struct EngineIdentity: Hashable, Sendable {
    /// Where an engine keeps what images are made of.
    package enum Store: Hashable, Sendable {
        /// Docker's own store: layers by chainID. The driver's name.
        case graphDriver(String)
        /// containerd: compressed content, and snapshots by chainID. The snapshotter's name.
        case containerd(String)
        /// containers/storage, as Podman uses it. The driver's name.
        case containersStorage(String)
    }

    /// `Docker Engine` or `Podman`.
    package var name: String
    /// The release, without build metadata.
    package var release: String
    package var store: Store

    /// `Docker Engine 20.10.24 (overlay2)`
    package var product: String {
        switch store {
        case .graphDriver(let driver), .containersStorage(let driver): "\(name) \(release) (\(driver))"
        case .containerd(let snapshotter): "\(name) \(release) (containerd, \(snapshotter))"
        }
    }
}

extension EngineEndpoint {
    /// Asks what answers here. Throws ``EngineError`` with what to do when nothing does, or `CancellationError`.
    package func probe(within time: Duration = .seconds(10)) async throws -> EngineIdentity {
        var limits = EngineLimits()
        limits.connect = time
        limits.idle = time
        limits.answer = time
        let client = try EngineClient(self, limits: limits)
        do {
            let identity = try await EngineSession.open(client).identity
            await client.shutDown()
            return identity
        } catch {
            await client.shutDown()
            throw error
        }
    }
}
