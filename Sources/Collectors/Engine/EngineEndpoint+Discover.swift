import Foundation

extension EngineEndpoint {
    /// The engine that the user means: an address, a context, or what `docker` would take without either
    /// (`DOCKER_HOST`, `DOCKER_CONTEXT`, the current context, the usual socket: docker/cli, cli/command/cli.go).
    /// Throws ``EngineError``.
    package static func resolve(
        host: String? = nil, context: String? = nil, certificatePath: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EngineError) -> EngineEndpoint {
        let contexts = DockerContexts(environment: environment)
        if let context, context != "default" { return try contexts.endpoint(context) }
        if let host {
            let tls = certificatePath.map { EngineTLS(folder: $0) } ?? environmentTLS(environment, contexts)
            return try parse(host, tls: tls)
        }
        if context == nil, let endpoint = try fromDockerEnvironment(environment, contexts) { return endpoint }
        let usual = usualDockerSockets(environment)
        return usual.first { exists($0) } ?? usual[0]
    }

    /// Every engine that could be here, in the order in which they are preferred: what `docker` would take, what
    /// `podman --remote` would take, and the usual sockets that exist. Each place is named once. Throws
    /// ``EngineError`` when a setting cannot be understood.
    package static func candidates(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EngineError) -> [EngineEndpoint] {
        let contexts = DockerContexts(environment: environment)
        var found: [EngineEndpoint] = []
        if let endpoint = try fromDockerEnvironment(environment, contexts) { found.append(endpoint) }
        if let host = environment["CONTAINER_HOST"], !host.isEmpty {
            found.append(try parse(host, origin: .environment("CONTAINER_HOST"), sshProgram: .podman))
        }
        found += (usualDockerSockets(environment) + usualPodmanSockets(environment)).filter(exists)
        var seen: Set<String> = []
        return found.filter { seen.insert($0.place).inserted }
    }

    /// The engines that can be read now: those that were named, whether they answer or not (so that a failure is told,
    /// not passed over), and those at usual places that answer. Throws ``EngineError`` when a setting cannot be
    /// understood, and `CancellationError`.
    package static func discover(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> [EngineEndpoint] {
        var found: [EngineEndpoint] = []
        for endpoint in try candidates(environment: environment) {
            if endpoint.origin != .usualPlace {
                found.append(endpoint)
                continue
            }
            do {
                _ = try await endpoint.probe()
                found.append(endpoint)
            } catch is EngineError {
                continue  // Nothing is lost: nobody named it, and `doctor` tells why it does not answer.
            }
        }
        return found
    }

    private static func fromDockerEnvironment(
        _ environment: [String: String], _ contexts: DockerContexts
    ) throws(EngineError) -> EngineEndpoint? {
        if let host = environment["DOCKER_HOST"], !host.isEmpty {
            return try parse(
                host, tls: environmentTLS(environment, contexts), origin: .environment("DOCKER_HOST"))
        }
        if let name = environment["DOCKER_CONTEXT"], !name.isEmpty {
            return name == "default" ? nil : try contexts.endpoint(name)
        }
        return try contexts.current().map { name throws(EngineError) in try contexts.endpoint(name) }
    }

    private static func environmentTLS(
        _ environment: [String: String], _ contexts: DockerContexts
    ) -> EngineTLS? {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        guard isSet("DOCKER_TLS_VERIFY") || isSet("DOCKER_TLS") else { return nil }
        let folder = environment["DOCKER_CERT_PATH"].flatMap { $0.isEmpty ? nil : $0 } ?? contexts.folder
        return EngineTLS(folder: folder, verifies: isSet("DOCKER_TLS_VERIFY"))
    }

    private static func usualDockerSockets(_ environment: [String: String]) -> [EngineEndpoint] {
        var sockets = [
            EngineEndpoint(.socket(path: "/var/run/docker.sock"), origin: .usualPlace, defaultName: "docker")
        ]
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty {
            sockets.append(
                EngineEndpoint(
                    .socket(path: runtime + "/docker.sock"), origin: .usualPlace, defaultName: "docker-rootless"))
        }
        if let home = environment["HOME"], !home.isEmpty {
            for folder in ["run", "desktop"] {
                sockets.append(
                    EngineEndpoint(
                        .socket(path: "\(home)/.docker/\(folder)/docker.sock"), origin: .usualPlace,
                        defaultName: "docker-desktop"))
            }
        }
        return sockets
    }

    private static func usualPodmanSockets(_ environment: [String: String]) -> [EngineEndpoint] {
        var sockets = [
            EngineEndpoint(.socket(path: "/run/podman/podman.sock"), origin: .usualPlace, defaultName: "podman")
        ]
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty {
            sockets.append(
                EngineEndpoint(
                    .socket(path: runtime + "/podman/podman.sock"), origin: .usualPlace,
                    defaultName: "podman-rootless"))
        }
        return sockets
    }

    private static func exists(_ endpoint: EngineEndpoint) -> Bool {
        guard case .socket(let path) = endpoint.transport else { return true }
        return FileManager.default.fileExists(atPath: path)
    }

    /// What makes two addresses the same place: `/var/run` is a link to `/run`.
    private var place: String {
        guard case .socket(let path) = transport else { return location }
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
