import Foundation
import TestSupport
import Testing

/// Churn of real repositories with their whole history, against a count straight from the published tables.
@Suite(.enabled(if: hasPostgres && RegistryTree.isAvailable, "needs PostgreSQL, python3 and the shared tables"))
struct ChurnTruthTests {
    private static let until = "2017-06-01T00:00:00Z"
    private static let repositories = 8

    /// Counts bytes by week and repository from the tables: no code of ours, no registry, no database.
    private static let count = """
        import collections, datetime, json, lzma, re, sys
        tables, until, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
        manifests = {}
        with lzma.open(tables + "/repo-info.manifests.jsonl.xz", "rt") as lines:
            for line in lines:
                one = json.loads(line)
                manifests[one["manifest"]] = one
        events, there = [], {}
        with lzma.open(tables + "/repo-info.tags.tsv.xz", "rt") as lines:
            head = lines.readline().rstrip("\\n").split("\\t")
            for line in lines:
                event = dict(zip(head, line.rstrip("\\n").split("\\t")))
                if event["time"] > until: break
                name = (event["repository"], event["tag"], event.get("file"))
                if event["action"] == "set":
                    there[name] = True
                    events.append(event)
                else: there.pop(name, None)
        chosen = set(sorted({name[0] for name in there})[:number])
        def words(text):
            text = text.strip()
            if text.startswith("|"): text = "/bin/sh -c " + text.split("/bin/sh -c ", 1)[1]
            match = re.match(r"/bin/sh -c +(#\\(nop\\))?(.*)", text, re.S)
            if match: text = match.group(2).strip() if match.group(1) else "RUN " + match.group(2).strip()
            return re.sub(r"\\b(file|dir|multi):[0-9a-f]{64}\\b", r"\\1", text)
        def makes(text):
            match = re.match(r"/bin/sh -c (#\\(nop\\))?(.*)", text, re.S)
            if match and not match.group(1): return True
            return (match.group(2) if match else text).lstrip(" ").split(" ")[0] in ("RUN", "ADD", "COPY")
        # What made a layer is known of the layer: an image whose history does not tell it may have it from another one.
        known, rows = {}, []
        for event in events:
            if event["repository"] not in chosen: continue
            for digest in event["manifests"].split(" "):
                if digest not in manifests: continue
                manifest = manifests[digest]
                made = [by for _, by in manifest.get("history", [])]
                if len(made) != len(manifest["layers"]): made = [by for by in made if makes(by)]
                if len(made) != len(manifest["layers"]): made = [None] * len(manifest["layers"])
                for layer, by in zip(manifest["layers"], made):
                    if len(layer) > 2 and layer[2] and ("foreign" in layer[2] or "nondistributable" in layer[2]): continue
                    text = None if by is None else words(by)
                    if text is not None: known[layer[0]] = text
                    rows.append((event["repository"], layer[0], event["time"], text, layer[1]))
        first = {}
        for repository, digest, time, text, size in rows:
            text = known.get(digest) if text is None else text
            new = (time, text is None, text or "", size)
            if (repository, digest) not in first or new[:3] < first[(repository, digest)][:3]:
                first[(repository, digest)] = new
        begun = {}
        for (repository, _), (time, unknown, text, _) in first.items():
            if not unknown:
                key = (repository, text)
                begun[key] = min(begun.get(key, time), time)
        sums = collections.Counter()
        for (repository, _), (time, unknown, text, size) in first.items():
            if unknown or begun[(repository, text)] >= time: continue
            year, week, _ = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").isocalendar()
            sums["%d-W%02d %s" % (year, week, repository)] += size
        print(json.dumps(sums))
        """

    @Test func `bytes per week and repository equal a count straight from the tables`() async throws {
        let tool = try Tool()
        let root = tool.folder("tree")
        _ = try await RegistryTree.make(
            set: "repo-info", at: Self.until, repositories: Self.repositories, root: root)
        let collected = try await tool.run("collect", "storage", root.path, "--name", "hub")
        #expect(collected.status == 0 || collected.status == 2, "\(collected.errors)")
        let script = try tool.folder.write(Data(Self.count.utf8), to: "count.py")
        let plain = try await Program.run(
            "/usr/bin/python3", [script.path, SharedData.at("data")?.path ?? "", Self.until, "\(Self.repositories)"])
        let expected = try JSONDecoder().decode([String: Int64].self, from: plain)
        try #require(expected.count > 20 && expected.values.reduce(0, +) > 1_000_000)

        let outcome = try await tool.run("churn", "--by", "week", "--by", "repository", "--format", "json")
        var found: [String: Int64] = [:]
        for row in try outcome.rows() {
            found["\(row["week"] as? String ?? "") \(row["repository"] as? String ?? "")"] =
                (row["bytes"] as? NSNumber)?.int64Value
        }
        #expect(found == expected)
        let totals = try outcome.json()["totals"] as? [String: Any]
        #expect((totals?["bytes"] as? NSNumber)?.int64Value == expected.values.reduce(0, +))

        let byInstruction = try await tool.run("churn", "--by", "instruction", "--format", "json").json()
        let same = (byInstruction["totals"] as? [String: Any])?["bytes"] as? NSNumber
        #expect(same?.int64Value == expected.values.reduce(0, +), "the same layers, taken together otherwise")
    }
}
