import Foundation
import ImageModel
import TestSupport
import Testing

/// `plan` as a user runs it, on an archive: what nothing that is left reaches is free.
@Suite(.world, .serialized) struct PlanTests {
    private func integer(_ row: [String: Any]?, _ name: String) -> Int64? { (row?[name] as? NSNumber)?.int64Value }

    private func plan(_ arguments: String...) async throws -> Tool.Outcome {
        try await World.shared.tool.run(["plan", "--source", "layout"] + arguments)
    }

    private func totals(_ outcome: Tool.Outcome) throws -> [String: Any]? {
        try outcome.json()["totals"] as? [String: Any]
    }

    private func members(_ outcome: Tool.Outcome) throws -> [String: Any] {
        try #require((try outcome.json()["plans"] as? [[String: Any]])?.first)
    }

    @Test func `one image is planned, and frees what only it holds`() async throws {
        let world = try World.shared
        let all = [world.base, world.app, world.web, world.nameless]
        let outcome = try await plan("--repository", "team-b/*", "--tag", ".*", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let freed = world.stored(all) - world.stored([world.base, world.app, world.nameless])
        let row = try #require(try outcome.rows().first)
        #expect(try outcome.rows().count == 1)
        #expect(row["action"] as? String == "delete" && row["repository"] as? String == "team-b/web")
        #expect(row["digest"] as? String == world.web.digest.description && row["tags"] as? [String] == ["1"])
        #expect(row["reason"] as? String == "tag .*" && row["selected"] as? Bool == true)
        #expect(integer(row, "exclusive_bytes") == freed)
        let totals = try totals(outcome)
        #expect(integer(totals, "freed_bytes") == freed && integer(totals, "deletions") == 1)
        #expect(integer(totals, "retained_bytes") == world.stored([world.web]) - freed)
        #expect(integer(totals, "held_bytes") == world.stored(all) && totals?["exact"] as? Bool == true)
        let checks = try #require(try outcome.json()["checks"] as? [[String: Any]])
        #expect(!checks.isEmpty && checks.allSatisfy { $0["outcome"] as? String == "holds" })

        let members = try members(outcome)
        #expect(members["source"] as? String == "layout" && members["garbage_collector"] as? String == "reach")
        #expect(members["rules"] as? [String] == ["tag .*"] && members["bytes_are"] as? String == "stored")
        #expect(integer(members, "freed_bytes") == freed && members["exact"] as? Bool == true)
        #expect((members["destroys"] as? [Any])?.isEmpty == true && (members["obstacles"] as? [Any])?.isEmpty == true)
        #expect(members["target"] == nil)
        let holders = try #require(members["holders"] as? [[String: Any]])
        let app = try #require(holders.first { $0["digest"] as? String == world.app.digest.description })
        // Both hold the base's layer and the library.
        #expect(integer(app, "held_bytes") == world.stored([world.web]) - freed)
        #expect(
            integer(app, "frees_bytes")
                == world.stored(all) - world.stored([world.base, world.nameless]) - freed)
    }

    @Test func `the plan of a union frees more than its parts, and says so`() async throws {
        let world = try World.shared
        let outcome = try await plan("--repository", "team-*", "--tag", ".*", "--format", "json")
        let all = [world.base, world.app, world.web, world.nameless]
        let freed = world.stored(all) - world.stored([world.base, world.nameless])
        let alone = [world.app, world.web].reduce(Int64(0)) { sum, image in
            sum + world.stored(all) - world.stored(all.filter { $0 != image })
        }
        #expect(integer(try totals(outcome), "freed_bytes") == freed)
        #expect(integer(try totals(outcome), "alone_bytes") == alone && alone < freed)
        #expect(
            outcome.errors.contains("layout: 2 deletions free ") && outcome.errors.contains("(\(grouped(freed)) bytes)")
        )
        #expect(outcome.errors.contains("each alone they free") && outcome.errors.contains("more only together"))
    }

    /// Thousands apart, written plainly.
    private func grouped(_ bytes: Int64) -> String {
        bytes < 1_000 ? "\(bytes)" : grouped(bytes / 1_000) + "," + String(String(1_000 + bytes % 1_000).dropFirst())
    }

    @Test func `a tag whose manifest another tag keeps goes alone, and frees nothing`() async throws {
        let outcome = try await plan("--tag", "latest", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try outcome.rows()
        #expect(rows.map { $0["action"] as? String } == ["untag", "keep"])
        #expect(rows.last?["blocker"] as? String == "tag" && rows.last?["blocked_by"] as? String == "team-a/app:1")
        #expect(integer(try totals(outcome), "freed_bytes") == 0)
        #expect(try await plan("--tag", "latest", "-q").output.isEmpty, "a digest that stays is handed to nobody")
        let table = try await plan("--tag", "latest").output
        #expect(table.contains("also named team-a/app:1") && table.contains("FREES ALONE"), "\(table)")
    }

    @Test func `formats are those of every listing`() async throws {
        let world = try World.shared
        let csv = try await plan("--tag", "latest|1", "--repository", "team-b/*", "--format", "csv").output
        let lines = csv.split(whereSeparator: \.isNewline)
        #expect(
            lines.first
                == "action,source,repository,tags,digest,kind,created_at,pushed_at,pulled_at,exclusive_bytes,reason,selected,blocker,blocked_by"
        )
        #expect(
            lines.count == 2 && lines.last?.hasPrefix("delete,layout,team-b/web,1,\(world.web.digest),image,") == true)
        let template = try await plan(
            "--tag", "1", "--repository", "team-b/*", "--format", "{{.Action}} {{.Repository}}")
        #expect(template.output == "delete team-b/web\n")
        let quiet = try await plan("--tag", ".*", "-q", "--no-trunc")
        #expect(
            Set(quiet.output.split(separator: "\n").map(String.init))
                == Set([world.base, world.app, world.web].map(\.digest.description)))
        let limited = try await plan("--tag", ".*", "--limit", "1", "--sort", "-exclusive_bytes", "--format", "json")
        #expect(try limited.rows().count == 1)
        #expect(integer(try totals(limited), "deletions") == 3, "totals are those of the plan, whatever is shown")
    }

    @Test func `dangling images are planned`() async throws {
        let world = try World.shared
        let outcome = try await plan("--dangling", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.rows().map { $0["digest"] as? String } == [world.nameless.digest.description])
        #expect(
            integer(try totals(outcome), "freed_bytes")
                == world.stored([world.base, world.app, world.web, world.nameless])
                - world.stored([world.base, world.app, world.web]))
    }

    @Test func `a target takes the least that reaches it, or says that nothing does`() async throws {
        let world = try World.shared
        let reached = try await plan("--tag", ".*", "--target", "4kB", "--format", "json")
        #expect(reached.status == 0, "\(reached.errors)")
        #expect(reached.errors.contains("the loss is 1 image of 3 that may go; no plan has less"), "\(reached.errors)")
        let target = try #require(try members(reached)["target"] as? [String: Any])
        #expect(integer(target, "target_bytes") == 4_000 && target["measure"] as? String == "images")
        #expect(target["reached"] as? Bool == true && target["optimal"] as? Bool == true)
        #expect(integer(target, "loss") == 1 && integer(target, "least_loss") == 1)
        #expect((target["frontier"] as? [[String: Any]])?.isEmpty == false)
        #expect(try reached.rows().map { $0["repository"] as? String } == ["team-a/app"])
        #expect((integer(try totals(reached), "freed_bytes") ?? 0) >= 4_000)

        let never = try await plan("--tag", ".*", "--target", "1GB", "--loss", "activity", "--format", "json")
        #expect(
            never.errors.contains("1 GB cannot be reached: everything that the rules let go frees"), "\(never.errors)")
        let missed = try #require(try members(never)["target"] as? [String: Any])
        #expect(missed["reached"] as? Bool == false && missed["loss"] == nil)
        #expect(missed["measure"] as? String == "activity")
        #expect(
            integer(try totals(never), "freed_bytes")
                == world.stored([world.base, world.app, world.web, world.nameless]) - world.stored([world.nameless]))
    }

    @Test func `what-if answers for images, tags, repositories, namespaces and owners`() async throws {
        let world = try World.shared
        let all = [world.base, world.app, world.web, world.nameless]
        func without(_ images: ImageBuilder.Image...) -> Int64 {
            world.stored(all) - world.stored(all.filter { !images.contains($0) })
        }
        let cases: [(name: String, items: Int64, freed: Int64)] = [
            ("team-b/web:1", 1, without(world.web)), ("team-b/web", 1, without(world.web)),
            ("team-a/app:latest", 0, 0), ("team-a/", 1, without(world.app)),
            (world.web.digest.description, 1, without(world.web)),
            (String(world.web.digest.hex.prefix(10)), 1, without(world.web)),
            ("team-b/web@\(world.web.digest)", 1, without(world.web)),
            ("owner=<none>", 4, without(world.base, world.app, world.web, world.nameless)),
        ]
        for (name, items, freed) in cases {
            let outcome = try await plan("--what-if", name, "--format", "json")
            #expect(outcome.status == 0, "\(name): \(outcome.errors)")
            let row = try #require(try outcome.rows().first)
            #expect(row["name"] as? String == name)
            #expect(integer(row, "items") == items && integer(row, "freed_bytes") == freed, "\(name): \(row)")
        }
        let both = try await plan(
            "--what-if", "team-a/app:1", "--what-if", "team-a/app:latest", "--what-if", "team-b/web", "--format", "json"
        )
        #expect(try both.rows().count == 3)
        #expect(integer(try totals(both), "freed_bytes") == without(world.app, world.web))
        #expect(integer(try totals(both), "items") == 2)
        let table = try await plan("--what-if", "team-b/web")
        #expect(table.output.contains("FREES") && table.output.contains("team-a/app"), "\(table.output)")
    }

    @Test(arguments: [
        ["team-b/web:9"], ["nothing"], ["team-b/web", "nothing"], ["owner=nobody"], ["0000000000"], ["none/"],
    ])
    func `what-if on what is not there is told, with status 1`(names: [String]) async throws {
        let outcome = try await World.shared.tool.run(
            ["plan", "--source", "layout"] + names.flatMap { ["--what-if", $0] })
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("nothing is named \(names.last ?? "");"), "\(outcome.errors)")
    }

    /// Arguments after `plan`, the status, and words of the message.
    static let refused: [(arguments: [String], status: Int32, words: String)] = [
        (["--source", "layout"], 64, "no rules: say what may go"),
        (["--source", "nowhere", "--tag", "x"], 1, "no source \"nowhere\""),
        (["--source", "layout", "--tag", "x", "--format", "script"], 64, "--format script needs --tool: curl, skopeo"),
        (["--source", "layout", "--tag", "x", "--format", "script", "--tool", "skopeo"], 64, "is an archive"),
        (["--source", "layout", "--tag", ".*", "--apply", "--yes"], 64, "is an archive"),
        (["--source", "layout", "--tag", "x", "--garbage-collector", "docker"], 64, "docker frees nothing in layout"),
        (["--source", "layout", "--tag", "x", "--pinned", "no-such-file"], 64, "no-such-file: cannot be read"),
        (["--source", "layout", "--tag", "x", "--filter", "colour=red"], 64, "colour"),
        (["verify", "--source", "layout"], 1, "has no plan"),
        (["verify", "--source", "layout", "--plan", "7"], 1, "7"),
        (["verify", "--source", "nowhere"], 1, "nowhere"),
    ]

    @Test(arguments: refused.indices)
    func `what cannot be planned is refused with what to do`(number: Int) async throws {
        let (arguments, status, words) = Self.refused[number]
        let outcome = try await World.shared.tool.run(["plan"] + arguments)
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }

    @Test func `a source that is not named must be the only one`() async throws {
        let tool = try World.shared.tool
        #expect(try await tool.run("plan", "--tag", "1").status == 0)
        let second = try await tool.run("collect", "archive", World.saved, "--name", "saved")
        #expect(second.status == 0, "\(second.errors)")
        let outcome = try await tool.run("plan", "--tag", "1")
        #expect(outcome.status == 64 && outcome.errors.contains("several sources; give --source: layout, saved"))
        let both = try await tool.run(
            "plan", "--source", "layout", "--source", "saved", "--tag", ".*", "--format", "json")
        #expect((try both.json()["plans"] as? [[String: Any]])?.count == 2)
        let script = try await tool.run(
            "plan", "--source", "layout", "--source", "saved", "--tag", ".*", "--format", "script", "--tool", "curl")
        #expect(script.status == 64 && script.errors.contains("a script is for one source"))
        #expect(try await tool.run("sources", "remove", "saved").status == 0)
    }

    @Test func `no plan was carried out`() async throws {
        let outcome = try await World.shared.tool.run("plan", "list", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.rows().isEmpty)
    }

    @Test func `rules and protections of the configuration are followed`() async throws {
        let world = try World.shared
        let tool = world.tool
        try tool.folder.write(
            Data(
                """
                cleanup:
                  rules:
                    - {name: old teams, repository: team-*, keep_last: 0}
                    - {source: elsewhere, tag: '.*'}
                  protect:
                    - {repository: team-a/*, tag: '1'}
                """.utf8), to: "layerscope.yml")
        defer { try? FileManager.default.removeItem(at: tool.folder("layerscope.yml")) }
        let outcome = try await plan("--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try outcome.rows()
        #expect(
            rows.filter { $0["action"] as? String == "delete" }.map { $0["repository"] as? String } == ["team-b/web"])
        let kept = try #require(rows.first { $0["action"] as? String == "keep" })
        #expect(kept["reason"] as? String == "old teams" && kept["blocker"] as? String == "pinned")
        #expect((kept["blocked_by"] as? String)?.contains("cleanup.protect[0]") == true, "\(kept)")
        // Rules as options go before those of the file, not before what it protects.
        let options = try await plan("--tag", ".*", "--format", "json")
        #expect(try members(options)["rules"] as? [String] == ["tag .*"])
        #expect(try options.rows().contains { $0["blocker"] as? String == "pinned" })

        try tool.folder.write(
            Data("cleanup:\n  rules:\n    - {source: elsewhere, tag: x}\n".utf8), to: "layerscope.yml")
        let none = try await plan("--format", "json")
        #expect(none.errors.contains("layout: no rule of the configuration speaks of it"), "\(none.errors)")
    }

    @Test func `pinned digests, image IDs and names stay`() async throws {
        let world = try World.shared
        let file = try world.tool.folder.write(
            Data("# keep\r\n\(world.web.imageID.hex)\r\nteam-a/app:latest # and its other names\r\n".utf8),
            to: "pinned.txt"
        ).path
        let outcome = try await plan("--tag", ".*", "--pinned", file, "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try outcome.rows()
        #expect(
            rows.filter { $0["action"] as? String == "delete" }.map { $0["repository"] as? String } == [
                "library/debian"
            ])
        #expect(
            Set(rows.compactMap { $0["blocked_by"] as? String })
                == ["pinned by pinned.txt:2", "pinned by pinned.txt:3"])
    }
}
