import ArgumentParser
import Collectors

extension ActivityService: ExpressibleByArgument {}

struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Collect what is there now, from engines, registries, archives and storage folders.",
        discussion: """
            A collection is one transaction: interrupted or killed, it changes nothing. What could not be seen is said, \
            aspect by aspect, and the exit status is 2.

            EXAMPLES
              layerscope collect engine
              layerscope collect registry registry.example.org
              layerscope collect archive images.tar
              layerscope collect storage /var/lib/registry
              layerscope collect build-log build.log
              layerscope collect all --discover
            """,
        subcommands: [
            CollectEngineCommand.self, CollectRegistryCommand.self, CollectArchiveCommand.self,
            CollectStorageCommand.self, CollectBuildLogCommand.self, CollectBuildsCommand.self,
            CollectAllCommand.self,
        ])
}

/// What every collect takes.
struct CollectOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("How to print the aspects: table, json, jsonl, csv or a Go template.", valueName: "format"))
    var format = "table"

    @OptionGroup var database: DatabaseOptions
}

struct CollectEngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Collect from a Docker engine or Podman.",
        discussion: """
            Without HOST, the engine that docker would use: DOCKER_HOST, the current context, or the usual socket.

            EXAMPLES
              layerscope collect engine
              layerscope collect engine unix:///run/podman/podman.sock --name podman
              layerscope collect engine ssh://me@build-host
              layerscope collect engine tcp://build-host:2376 --certificate-path ~/.docker/build-host
              layerscope collect engine --context desktop-linux
            """)

    @Argument(help: ArgumentHelp("unix://, tcp:// or ssh:// address of the engine.", valueName: "host"))
    var address: String?

    @Option(name: [.customShort("H"), .long], help: ArgumentHelp("The same, as docker takes it.", valueName: "host"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("The name that the source gets.", valueName: "name"))
    var name: String?

    @Option(name: .long, help: ArgumentHelp("A Docker context, instead of HOST.", valueName: "name"))
    var context: String?

    @Option(
        name: .long, help: ArgumentHelp("Folder with ca.pem, cert.pem and key.pem.", valueName: "folder"),
        completion: .directory)
    var certificatePath: String?

    @OptionGroup var options: CollectOptions

    func validate() throws {
        if [address, host, context].count(where: { $0 != nil }) > 1 {
            throw ValidationError("give one of HOST, --host, --context")
        }
        try CollectJob.checkName(name)
    }

    func run() async throws {
        let settings = EngineSettings(host: address ?? host, context: context, certificatePath: certificatePath)
        try await CollectRun(options).run { _ in CollectPlan(jobs: [try CollectJob(name: name, engine: settings)]) }
    }
}

struct CollectRegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Collect from a registry.",
        discussion: """
            Without credentials, Docker's config.json, credential stores and helpers are asked. Layers are never \
            downloaded; manifests and configurations are fetched once ever.

            EXAMPLES
              layerscope collect registry registry.example.org
              layerscope collect registry localhost:5000
              layerscope collect registry ghcr.io --repository acme/app --repository acme/web
              layerscope collect registry docker.io --namespace library
              layerscope collect registry registry.example.org --username reader --password-file password.txt
              layerscope collect registry harbor.example.org --activity harbor
            """)

    @Argument(help: ArgumentHelp("Host, host:port or URL of the registry.", valueName: "registry"))
    var registry: String

    @Option(name: .long, help: ArgumentHelp("The name that the source gets. Default: the host.", valueName: "name"))
    var name: String?

    @Option(name: .long, help: ArgumentHelp("User name; with --password-file or --password-stdin.", valueName: "user"))
    var username: String?

    @Option(
        name: .long, help: ArgumentHelp("File with the password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Flag(name: .long, help: "Read the password from standard input.")
    var passwordStdin = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A repository by name, where there is no catalog. Repeatable.", valueName: "name"))
    var repository: [String] = []

    @Option(name: .long, help: ArgumentHelp("Docker Hub: a namespace.", valueName: "name"))
    var namespace: String?

    @Option(name: .long, help: ArgumentHelp("Requests under way at once, 1 to 256.", valueName: "count"))
    var concurrency: Int?

    @Option(
        name: .long, help: ArgumentHelp("PEM file with the authorities to trust.", valueName: "file"),
        completion: .file())
    var caFile: String?

    @Flag(name: .long, help: "Take any certificate.")
    var insecure = false

    @Flag(name: .customLong("plain-http"), help: "No TLS. Loopback addresses need no such word.")
    var plainHTTP = false

    @Flag(name: .long, help: "The registry keeps blobs for each repository by itself.")
    var blobsPerRepository = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also ask this product's own API when images were pushed and pulled: harbor, docker-hub, quay, gitlab, ecr, dtr.",
            valueName: "product"))
    var activity: ActivityService?

    @Option(
        name: .customLong("activity-url"),
        help: ArgumentHelp("Base address of that API. Default: the registry's host.", valueName: "url"))
    var activityURL: String?

    @OptionGroup var options: CollectOptions

    func validate() throws {
        if let concurrency, !(1...256).contains(concurrency) {
            throw ValidationError("--concurrency is a whole number from 1 to 256")
        }
        if passwordFile != nil && passwordStdin {
            throw ValidationError("give one of --password-file, --password-stdin")
        }
        if (username != nil) != (passwordFile != nil || passwordStdin) {
            throw ValidationError("--username goes with --password-file or --password-stdin")
        }
        if namespace != nil && !repository.isEmpty {
            throw ValidationError("give --namespace or --repository, not both")
        }
        if let activityURL {
            guard let activity, activity != .gitlab else {
                throw ValidationError("--activity-url goes with --activity, except for gitlab")
            }
            if let reason = ActivitySettings.wrong(url: activityURL) {
                throw ValidationError("--activity-url \(reason)")
            }
        }
        if registry.contains("@") { throw ValidationError("the address must not hold credentials; use --username") }
        try CollectJob.checkName(name)
    }

    func run() async throws {
        var password = passwordFile.map(Secret.file)
        if passwordStdin {
            guard let line = readLine(), !line.isEmpty else {
                throw CommandFailure(.usage, "no password on standard input")
            }
            password = .inline(line)
        }
        let settings = RegistrySettings(
            url: registry, username: username, password: password, repositories: repository, namespace: namespace,
            concurrency: concurrency, caFile: caFile, isInsecure: insecure, usesPlainHTTP: plainHTTP,
            keepsBlobsPerRepository: blobsPerRepository,
            activity: activity.map { ActivitySettings($0, url: activityURL) })
        try await CollectRun(options).run { _ in CollectPlan(jobs: [try CollectJob(name: name, registry: settings)]) }
    }
}

struct CollectArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Collect from docker save archives and OCI layouts.",
        discussion: """
            Each archive is a source of its own: a docker save tar of any generation, an OCI layout as folder or tar, \
            also compressed with gzip or zstd. Read as a stream, and every digest is verified. Without --name the \
            source is called as the file is, without its folders; a file of the same name elsewhere needs --name.

            EXAMPLES
              layerscope collect archive images.tar
              layerscope collect archive backups/*.tar.gz
              layerscope collect archive ./oci-layout --name nightly
            """)

    @Argument(help: ArgumentHelp("Archives, or folders with an OCI layout.", valueName: "path"), completion: .file())
    var paths: [String]

    @Option(name: .long, help: ArgumentHelp("The name that the source gets, for one archive.", valueName: "name"))
    var name: String?

    @OptionGroup var options: CollectOptions

    func validate() throws {
        if name != nil && paths.count > 1 { throw ValidationError("--name is for one archive") }
        try CollectJob.checkName(name)
    }

    func run() async throws {
        try await CollectRun(options).run { _ in CollectPlan(jobs: paths.map { CollectJob(name: name, archive: $0) }) }
    }
}

struct CollectAllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Collect every source of layerscope.yml, side by side.",
        discussion: """
            One source that fails does not stop the others.

            EXAMPLES
              layerscope collect all
              layerscope collect all --config /etc/layerscope.yml
              layerscope collect all --discover
              layerscope collect all --only registry --only build-host
            """)

    @Flag(name: .long, help: "Also the engines that are found on this machine.")
    var discover = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only this source of layerscope.yml. Repeatable.", valueName: "name"))
    var only: [String] = []

    @OptionGroup var options: CollectOptions

    func run() async throws {
        try await CollectRun(options).run { try await CollectPlan.all($0, only: only, discover: discover) }
    }
}
