import Foundation
import ImageModel
import TestSupport
import Testing

@Suite(.world, .serialized) struct AskTests {
    private func integer(_ row: [String: Any], _ name: String) -> Int64 { (row[name] as? NSNumber)?.int64Value ?? -1 }

    private func sum(_ rows: [[String: Any]], _ name: String) -> Int64 { rows.reduce(0) { $0 + integer($1, name) } }

    @Test func `images are listed with figures that equal brute force`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("images", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try outcome.rows()
        #expect(rows.count == 4)
        let all = [world.base, world.app, world.web, world.nameless]
        for image in all {
            let row = try #require(rows.first { $0["digest"] as? String == image.digest.description })
            #expect(row["image_id"] as? String == image.imageID.description)
            #expect(integer(row, "apparent_bytes") == world.bytes(image))
            let others = all.filter { $0 != image }
            #expect(integer(row, "exclusive_bytes") == world.stored(all) - world.stored(others))
            #expect(integer(row, "exclusive_bytes") + integer(row, "shared_bytes") == world.stored([image]))
            #expect(row["platform"] as? String == "linux/amd64")
            #expect(integer(row, "layers") == Int64(image.layers.count))
        }
        #expect(sum(rows, "fair_share_bytes") == world.stored(all))
        let app = try #require(rows.first { $0["repository"] as? String == "team-a/app" })
        #expect((app["tags"] as? [String])?.sorted() == ["1", "latest"])
        #expect(app["dangling"] as? Bool == false)
        let document = try outcome.json()
        #expect((document["coverage"] as? [String: Any])?["complete"] as? Bool == true)
        let checks = try #require(document["checks"] as? [[String: Any]])
        #expect(!checks.isEmpty && checks.allSatisfy { $0["outcome"] as? String != "broken" })
    }

    static let filters: [(String, Int)] = [
        ("repository=team-a/app", 1), ("repository=team-*", 2), ("repository!=team-*", 2), ("repository~*web", 1),
        ("tags=latest", 1), ("tags=", 1), ("label=team", 2), ("label=team=a", 1), ("label!=team", 2),
        ("dangling=true", 1), ("layers>=3", 2), ("apparent_bytes>60kB", 2), ("apparent_bytes>1GB", 0),
        ("created_at<2026-01-03", 4), ("created_at>=2026-01-03", 0), ("created_at<1s", 4), ("platform=linux/amd64", 4),
        ("source=layout", 4), ("source=other", 0), ("image_id=sha256:", 0),
    ]

    @Test(arguments: filters.indices)
    func `a filter leaves the images that fit`(number: Int) async throws {
        let (filter, count) = Self.filters[number]
        let outcome = try await World.shared.tool.run("images", "--filter", filter, "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.rows().count == count, "\(filter)")
    }

    @Test func `the completion of bash is a script that bash reads`() async throws {
        let script = try await World.shared.tool.run("completion", "bash")
        let path = try World.shared.tool.folder.write(Data(script.output.utf8), to: "completion.bash").path
        let bash = Process()
        bash.executableURL = URL(filePath: "/bin/bash")
        bash.arguments = ["-n", path]
        try bash.run()
        bash.waitUntilExit()
        #expect(script.status == 0 && script.output.contains("layerscope") && bash.terminationStatus == 0)
    }

    @Test func `the table looks like docker's`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("images", "--sort", "repository")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("SOURCE") && lines[0].contains("REPOSITORY") && lines[0].contains("IMAGE ID"))
        #expect(outcome.output.contains(world.app.imageID.short) && !outcome.output.contains(world.app.imageID.hex))
        let whole = try await world.tool.run("images", "--no-trunc")
        #expect(whole.output.contains(world.app.imageID.description))
    }

    static let formats: [(arguments: [String], expected: String)] = [
        (["images", "--filter", "repository=team-a/*", "--format", "{{.Repository}}\\t{{.ID}}"], "team-a/app\t"),
        (["images", "-q", "--filter", "repository=team-b/web"], ""),
        (
            ["images", "--filter", "repository=team-b/web", "--format", "table {{.Repository}}\\t{{.Tag}}"],
            "REPOSITORY"
        ),
        (["tags", "--filter", "repository=team-b/web", "--format", "csv"], "repository"),
        (["layers", "--sort", "bytes:desc", "--limit", "1", "--format", "jsonl"], "\"digest\""),
        (["sources", "-q"], "layout"),
        (["sources", "list", "--format", "{{.Kind}}"], "archive"),
        (["usage", "--by", "namespace", "--format", "csv"], "namespace"),
        (["dangling", "--format", "{{.Kind}}"], ""),
        (["query", "SELECT count(*) AS n FROM images"], "N"),
        (["query", "--list"], "NAME"),
    ]

    @Test(arguments: formats.indices)
    func `every listing is printed as asked`(number: Int) async throws {
        let (arguments, expected) = Self.formats[number]
        let outcome = try await World.shared.tool.run(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.output.isEmpty)
        if !expected.isEmpty { #expect(outcome.output.contains(expected), "\(outcome.output)") }
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test(arguments: ["source", "repository", "namespace", "owner", "base", "label:team"])
    func `the columns of usage add up`(by: String) async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("usage", "--by", by, "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let rows = try outcome.rows()
        let totals = try #require(try outcome.json()["totals"] as? [String: Any])
        let stored = world.stored([world.base, world.app, world.web, world.nameless])
        #expect(sum(rows, "fair_share_bytes") == stored)
        #expect(integer(totals, "fair_share_bytes") == stored && integer(totals, "stored_bytes") == stored)
        #expect(integer(totals, "images") == 4)
        for row in rows {
            #expect(integer(row, "exclusive_bytes") + integer(row, "shared_bytes") == integer(row, "stored_bytes"))
            #expect(integer(row, "apparent_bytes") >= integer(row, "stored_bytes"))
        }
    }

    @Test func `usage by base and label knows what stands on what`() async throws {
        let world = try World.shared
        let bases = try await world.tool.run("usage", "--by", "base", "--format", "json").rows()
        #expect(bases.contains { ($0["base"] as? String)?.contains("library/debian:12") == true })
        let labels = try await world.tool.run("usage", "--by", "label:team", "--format", "json").rows()
        #expect(Set(labels.compactMap { $0["label"] as? String }) == ["a", "b", "<none>"])
        let a = try #require(labels.first { $0["label"] as? String == "a" })
        #expect(integer(a, "stored_bytes") == world.bytes(world.app))
    }

    @Test func `totals of filtered usage are those of the rows as one set`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run(
            "usage", "--by", "repository", "--filter", "repository=team-*", "--format", "json")
        let totals = try #require(try outcome.json()["totals"] as? [String: Any])
        #expect(integer(totals, "stored_bytes") == world.stored([world.app, world.web]))
        let all = [world.base, world.app, world.web, world.nameless]
        #expect(
            integer(totals, "exclusive_bytes") == world.stored(all) - world.stored([world.base, world.nameless]))
    }

    @Test func `sharing tells what two repositories have in common`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("sharing", "team-a/app", "team-b/web:1", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let totals = try #require(try outcome.json()["totals"] as? [String: Any])
        let common = world.objects(world.app).intersection(world.objects(world.web))
        #expect(integer(totals, "shared_bytes") == common.reduce(0) { $0 + (world.bytes[$1] ?? 0) })
        #expect(integer(totals, "only_first_bytes") + integer(totals, "shared_bytes") == world.bytes(world.app))
        let matrix = try await world.tool.run("sharing", "--format", "json").rows()
        #expect(
            matrix.contains {
                Set([$0["first"] as? String, $0["second"] as? String]) == ["team-a/app", "team-b/web"]
                    && integer($0, "shared_bytes") == integer(totals, "shared_bytes")
            })
    }

    @Test func `dangling waste is told alone and all together`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("dangling", "--format", "json")
        let rows = try outcome.rows()
        let all = [world.base, world.app, world.web, world.nameless]
        let gone = world.stored(all) - world.stored([world.base, world.app, world.web])
        #expect(rows.count == 1)
        #expect(rows.first?["digest"] as? String == world.nameless.digest.description)
        #expect(rows.first.map { integer($0, "exclusive_bytes") } == gone)
        #expect((rows.first?["reason"] as? String)?.isEmpty == false)
        let totals = try #require(try outcome.json()["totals"] as? [String: Any])
        #expect(integer(totals, "exclusive_bytes") == gone)
    }

    @Test func `inspect finds an image by every name and shows who else holds its layers`() async throws {
        let world = try World.shared
        let id = world.app.imageID
        for name in [
            "team-a/app", "team-a/app:1", "team-a/app@\(world.app.digest)", "\(id)", "\(world.app.digest)", id.short,
            "sha256:\(id.short)", String(id.hex.prefix(6)),
        ] {
            let outcome = try await world.tool.run("inspect", name, "--format", "{{.Id}} {{.Architecture}} {{.Os}}")
            #expect(outcome.output == "\(id) amd64 linux\n", "\(name): \(outcome.errors)")
            #expect(outcome.status == 0)
        }
        let table = try await world.tool.run("inspect", "team-a/app:1")
        #expect(table.output.contains("RUN apt-get install") && table.output.contains("team-b/web:1"))
        let json = try await world.tool.run("inspect", "--format", "json", "team-a/app:1").rows()
        let layers = try #require(json.first?["layers"] as? [[String: Any]])
        #expect(layers.map { integer($0, "images") } == [4, 2, 1])
        #expect(layers[1]["holders"] as? [String] == ["team-b/web:1"])
        let labels = try await world.tool.run("inspect", "team-a/app:1", "--format", "{{json .Config.Labels}}")
        #expect(labels.output == "{\"team\":\"a\",\"vendor\":\"us\"}\n")
    }

    @Test func `an image that is not there is status 1, with the nearest thing to do`() async throws {
        let outcome = try await World.shared.tool.run("inspect", "team-a/ap")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty && outcome.errors.contains("team-a/ap"))
    }

    static let mistakes: [[String]] = [
        ["images", "--filter", "repositry=a"], ["images", "--sort", "colour"], ["images", "--format", "{{.Colour}}"],
        ["images", "--format", "xml"], ["images", "--filter", "apparent_bytes>many"], ["inspect", ""],
        ["query", "SELEC 1"], ["query", "SELECT * FROM no_such_view"], ["query", "no-such-query"],
        ["usage", "--by", "owner", "--filter", "colour=red"], ["sharing", "owner:nobody", "source:none"],
    ]

    @Test(arguments: mistakes)
    func `what cannot be meant is refused, and nothing is printed as data`(arguments: [String]) async throws {
        let outcome = try await World.shared.tool.run(arguments)
        #expect(outcome.status == 64 || outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.output.isEmpty, "\(outcome.output)")
        #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
    }

    @Test(arguments: [
        "DROP TABLE layerscope_data.item CASCADE", "DELETE FROM layerscope_data.item", "COMMIT; DROP SCHEMA layerscope",
        "SELECT pg_ls_dir('/')", "COPY (SELECT 1) TO PROGRAM 'id'", "SELECT pg_read_file('/etc/passwd')",
        "SET ROLE postgres; CREATE TABLE x (a int)", "SELECT content FROM layerscope_data.document",
    ])
    func `query can only read the views`(sql: String) async throws {
        let tool = try World.shared.tool
        let before = try await tool.run("images", "--format", "csv").output
        let outcome = try await tool.run("query", sql)
        #expect(outcome.status != 0 && outcome.output.isEmpty, "\(outcome.output)")
        #expect(try await tool.run("images", "--format", "csv").output == before)
    }

    @Test func `a query that takes too long is cancelled`() async throws {
        let outcome = try await World.shared.tool.run("query", "--timeout", "1", "SELECT pg_sleep(60)")
        #expect(outcome.status == 69 && outcome.errors.contains("1 second"), "\(outcome.errors)")
    }

    @Test func `a reader that leaves early ends the command quietly`() async throws {
        let tool = try World.shared.tool
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "\"$0\" query 'SELECT generate_series(1, 90000)' | head -n 1", Tool.binary.path]
        shell.environment = tool.environment
        let (output, errors) = (Pipe(), Pipe())
        shell.standardOutput = output
        shell.standardError = errors
        try shell.run()
        shell.waitUntilExit()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).contains("GENERATE SERIES"))
        #expect(errors.fileHandleForReading.availableData.isEmpty)
    }

    @Test func `report writes every form, and the figures are the same`() async throws {
        let world = try World.shared
        let outcome = try await world.tool.run("report", "--output", "out", "--title", "Our <storage>")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let folder = world.tool.folder("out")
        let html = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
        #expect(html.contains("Our &lt;storage&gt;") && !html.contains("Our <storage>"))
        let json =
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: folder.appending(path: "report.json"))) as? [String: Any]
        let scope = try #require((json?["scopes"] as? [[String: Any]])?.first)
        let figures = try #require(scope["key_figures"] as? [String: Any])
        #expect(integer(figures, "stored_bytes") == world.stored([world.base, world.app, world.web, world.nameless]))
        let csv = try String(contentsOf: folder.appending(path: "csv/usage_by_repository.csv"), encoding: .utf8)
        #expect(csv.contains("team-a/app"))
        #expect(try String(contentsOf: folder.appending(path: "report.md"), encoding: .utf8).contains("## Coverage"))
    }
}
