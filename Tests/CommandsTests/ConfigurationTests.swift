import Collectors
import Figures
import Foundation
import Reporting
import Testing

@testable import Commands

@Suite struct ConfigurationTests {
    @Test func `every documented key is read`() throws {
        let configuration = try Configuration.parse(
            """
            database: {env: DATABASE}
            sources:
              - name: build-host
                kind: engine
                host: tcp://build-host:2376
                certificate_path: certs
              - {name: desktop, kind: engine, context: desktop-linux}
              - name: registry
                kind: registry
                url: registry.example.org
                username: reader
                password: {file: password.txt}
                repositories: [team/app, team/web]
                concurrency: 8
                ca_file: /etc/ca.pem
                insecure: true
                plain_http: true
                blobs_per_repository: true
              - name: hub
                kind: registry
                url: docker.io
                namespace: library
                token: {env: HUB_TOKEN}
              - {name: backups, kind: archive, path: '*.tar'}
              - name: harbor
                kind: registry
                url: harbor.example.org
                activity:
                  service: harbor
                  url: https://core.example.org
                  username: reader
                  password: {env: HARBOR_PASSWORD}
                  records_pulls: false
              - {name: quay, kind: registry, url: quay.io, activity: {service: quay, token: {file: token.txt}}}
              - name: ecr
                kind: registry
                url: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
                activity:
                  service: ecr
                  access_key: {env: KEY}
                  secret_key: {env: SECRET}
                  session_token: {env: SESSION}
                  region: eu-west-1
              - {name: gitlab, kind: registry, url: registry.gitlab.com, activity: {service: gitlab}}
              - {name: mirror, kind: storage, path: registry}
            owners:
              - {repository: team-a/*, owner: team-a}
              - {label: vendor}
              - {label: vendor, owner: somebody}
            report: {title: Storage, output: out, units: iec}
            """, file: "/srv/layerscope.yml")
        #expect(configuration.database == .environment("DATABASE"))
        #expect(
            configuration.sources.map(\.name) == [
                "build-host", "desktop", "registry", "hub", "backups", "harbor", "quay", "ecr", "gitlab",
                "mirror",
            ])
        let activities = configuration.sources.compactMap { source -> ActivitySettings? in
            if case .registry(let settings) = source.place { settings.activity } else { nil }
        }
        #expect(activities.map(\.service) == [.harbor, .quay, .ecr, .gitlab])
        var harbor = ActivitySettings(.harbor, url: "https://core.example.org")
        harbor.username = "reader"
        harbor.password = .environment("HARBOR_PASSWORD")
        harbor.recordsPulls = false
        #expect(activities[0] == harbor)
        #expect(activities[1].token == .file("/srv/token.txt") && activities[1].recordsPulls)
        #expect(
            [activities[2].accessKey, activities[2].secretKey, activities[2].sessionToken] == [
                .environment("KEY"), .environment("SECRET"), .environment("SESSION"),
            ])
        #expect(activities[2].region == "eu-west-1")
        #expect(
            configuration.sources[0].place
                == .engine(EngineSettings(host: "tcp://build-host:2376", certificatePath: "/srv/certs")))
        #expect(configuration.sources[1].place == .engine(EngineSettings(context: "desktop-linux")))
        #expect(
            configuration.sources[2].place
                == .registry(
                    RegistrySettings(
                        url: "registry.example.org", username: "reader", password: .file("/srv/password.txt"),
                        repositories: ["team/app", "team/web"], concurrency: 8, caFile: "/etc/ca.pem",
                        isInsecure: true, usesPlainHTTP: true, keepsBlobsPerRepository: true)))
        #expect(
            configuration.sources[3].place
                == .registry(
                    RegistrySettings(url: "docker.io", token: .environment("HUB_TOKEN"), namespace: "library")))
        #expect(configuration.sources[4].place == .archive(ArchiveSettings(path: "/srv/*.tar")))
        #expect(configuration.sources.last?.place == .storage(StorageSettings(path: "/srv/registry")))
        #expect(
            configuration.owners.rules == [
                .repository(pattern: "team-a/*", owner: "team-a"), .label(key: "vendor", owner: nil),
                .label(key: "vendor", owner: "somebody"),
            ])
        #expect(configuration.report == .init(title: "Storage", output: "/srv/out", units: .iec))
        #expect(configuration.warnings.isEmpty)
    }

    @Test func `a registry and its storage may have one name, and nothing else may`() throws {
        let pair = "  - {name: a, kind: registry, url: host}\n  - {name: a, kind: storage, path: x}\n"
        #expect(try Configuration.parse("sources:\n" + pair).sources.map(\.name) == ["a", "a"])
        for more in ["  - {name: a, kind: storage, path: y}", "  - {name: a, kind: registry, url: other}"] {
            #expect(throws: ConfigurationError.self) { try Configuration.parse("sources:\n" + pair + more) }
        }
    }

    @Test(arguments: ["", "# nothing but a comment\n", "---\n"])
    func `an empty file is an empty configuration`(yaml: String) throws {
        #expect(try Configuration.parse(yaml, file: "a.yml") == Configuration(file: "a.yml"))
    }

    /// What is wrong, the line that is named, and words of the message.
    static let mistakes: [(yaml: String, line: Int?, words: [String])] = [
        ("databse: x", 1, ["databse", "did you mean database?"]),
        ("colour: blue", 1, ["colour: unknown key", "allowed here: database, sources, owners, cleanup, report"]),
        ("- a\n- b", 1, ["must be keys and values"]),
        ("just text", 1, ["must be keys and values"]),
        ("sources: text", 1, ["sources: must be a list"]),
        ("sources:\n  - text", 2, ["sources[0]: must be keys and values"]),
        ("sources:\n  - kind: engine", 2, ["sources[0].name: is missing"]),
        ("sources:\n  - name: a", 2, ["sources[0].kind: is missing", "engine, registry, archive or storage"]),
        ("sources:\n  - name: a\n    kind: engin", 3, ["sources[0].kind", "\"engin\" is none of engine"]),
        ("sources:\n  - name: a\n    kind: engine\n    hsot: x", 4, ["sources[0].hsot", "did you mean host?"]),
        ("sources:\n  - name: a\n    kind: engine\n    url: x", 4, ["sources[0].url: unknown key"]),
        ("sources:\n  - {name: a, kind: engine, host: /var/run/docker.sock}", 2, ["host: must begin with unix://"]),
        ("sources:\n  - {name: a, kind: engine, host: 'unix:///a', context: b}", 2, ["give host or context"]),
        ("sources:\n  - {name: '', kind: archive, path: a}", 2, ["sources[0].name: must be text"]),
        ("sources:\n  - {name: '-a', kind: archive, path: a}", 2, ["does not begin with a hyphen"]),
        ("sources:\n  - {name: \"a\\e[0m\", kind: archive, path: a}", 2, ["visible characters"]),
        ("sources:\n  - {name: a, kind: archive}", 2, ["sources[0].path: is missing"]),
        ("sources:\n  - {name: a, kind: storage}", 2, ["sources[0].path: is missing"]),
        ("sources:\n  - {name: a, kind: storage, path: x, url: y}", 2, ["sources[0].url: unknown key"]),
        (
            "sources:\n  - {name: a, kind: archive, path: x}\n  - {name: a, kind: archive, path: y}", 1,
            ["two sources are named \"a\""]
        ),
        ("sources:\n  - {name: a, kind: registry}", 2, ["sources[0].url: is missing"]),
        ("sources:\n  - {name: a, kind: registry, url: 'https://me:pw@host'}", 2, ["must not hold credentials"]),
        ("sources:\n  - {name: a, kind: registry, url: host, username: me}", 2, ["username and password go together"]),
        (
            "sources:\n  - {name: a, kind: registry, url: host, password: {env: A}}", 2,
            ["username and password go together"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, username: u, password: {env: A}, token: {env: B}}", 2,
            ["not both"]
        ),
        ("sources:\n  - {name: a, kind: registry, url: h, concurrency: 0}", 2, ["from 1 to 256"]),
        ("sources:\n  - {name: a, kind: registry, url: h, concurrency: many}", 2, ["from 1 to 256"]),
        ("sources:\n  - {name: a, kind: registry, url: h, insecure: maybe}", 2, ["must be true or false"]),
        ("sources:\n  - {name: a, kind: registry, url: h, repositories: app}", 2, ["repositories: must be a list"]),
        ("sources:\n  - {name: a, kind: registry, url: h, repositories: [{a: b}]}", 2, ["every entry must be text"]),
        (
            "sources:\n  - {name: a, kind: registry, url: h, repositories: [a], namespace: b}", 2,
            ["namespace, or repositories"]
        ),
        ("sources:\n  - {name: a, kind: registry, url: h, token: {environment: A}}", 2, ["token.environment"]),
        ("sources:\n  - {name: a, kind: registry, url: h, token: {}}", 2, ["token: needs either env or file"]),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: harbor}", 2,
            ["sources[0].activity: must be keys and values"]
        ),
        ("sources:\n  - {name: a, kind: registry, url: h, activity: {url: 'https://h'}}", 2, ["service: is missing"]),
        ("sources:\n  - {name: a, kind: registry, url: h, activity: {service: nexus}}", 2, ["is none of harbor"]),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: harbor, token: {env: A}}}", 2,
            ["activity.token: unknown key"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: gitlab, url: 'https://h'}}", 2,
            ["activity.url: unknown key"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: quay, url: 'https://me:pw@h'}}", 2,
            ["must not hold credentials"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: dtr, url: h}}", 2,
            ["must begin with https"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: dtr, username: u}}", 2,
            ["username and password go together"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: ecr, access_key: {env: A}}}", 2,
            ["access_key and secret_key go together"]
        ),
        (
            "sources:\n  - {name: a, kind: registry, url: h, activity: {service: ecr, session_token: {env: A}}}", 2,
            ["goes with access_key"]
        ),
        ("owners:\n  - owner: a", 2, ["owners[0]: needs either repository (a pattern) or label (a key)"]),
        ("owners:\n  - {repository: a, label: b, owner: c}", 2, ["needs either"]),
        ("owners:\n  - {repository: a}", 2, ["owners[0].owner: is missing"]),
        ("report: {units: metric}", 1, ["\"metric\" is none of si, iec"]),
        ("report: {titel: x}", 1, ["report.titel", "did you mean title?"]),
        ("a: b: c", 1, ["is not valid YAML"]),
        ("sources:\n\t- a", 2, ["is not valid YAML"]),
        ("database: x\ndatabase: y", nil, ["database", "twice"]),
        (String(repeating: "#", count: 300_000), nil, ["is larger than"]),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake is refused with file, key and line`(number: Int) {
        let mistake = Self.mistakes[number]
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.parse(mistake.yaml, file: "layerscope.yml")
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix(mistake.line.map { "layerscope.yml:\($0): " } ?? "layerscope.yml"), "\(text)")
        for words in mistake.words { #expect(text.contains(words), "\(text)") }
    }

    @Test func `secrets of an activity are resolved, warned of, and never shown`() throws {
        let configuration = try Configuration.parse(
            """
            sources:
              - name: ecr
                kind: registry
                url: h
                activity: {service: ecr, access_key: AKID, secret_key: hunter2, region: eu-west-1}
              - {name: plain, kind: registry, url: h, activity: {service: ecr, region: eu-west-1}}
            """)
        #expect(configuration.warnings.count == 2 && !configuration.warnings.joined().contains("hunter2"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        let options = try configuration.sources.compactMap { source -> ActivityOptions? in
            guard case .registry(let settings) = source.place else { return nil }
            return try settings.activity?.options(
                environment: [
                    "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_REGION": "us-east-1",
                ])
        }
        #expect(
            options.map(\.aws) == [
                AWSCredentials(accessKey: "AKID", secretKey: "hunter2", region: "eu-west-1"),
                AWSCredentials(accessKey: "a", secretKey: "hunter2", region: "eu-west-1"),
            ])
        dumped = ""
        dump(options, to: &dumped)
        #expect(!dumped.contains("hunter2") && !"\(options)".contains("hunter2"))
    }

    @Test func `secrets in the file itself are warned of, without the secret`() throws {
        let configuration = try Configuration.parse(
            """
            database: postgres://me:hunter2@db/layerscope
            sources:
              - {name: a, kind: registry, url: h, username: u, password: hunter2}
            """)
        #expect(configuration.warnings.count == 2)
        #expect(configuration.warnings[0].hasPrefix("layerscope.yml:1: database: holds a password"))
        #expect(configuration.warnings[1].hasPrefix("layerscope.yml:3: sources[0].password: stands in the file"))
        #expect(!configuration.warnings.joined().contains("hunter2"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hunter2") && !"\(configuration)".contains("hunter2"))
    }
}
