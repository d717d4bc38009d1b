import Dockerfile
import Testing

@Suite(.enabled(if: FixtureFiles.isThere, "the fixtures of BuildKit do not lie beside the project"))
struct `Fixtures of BuildKit's parser` {
    /// What BuildKit's instruction level says of the files whose words its low level takes.
    static let refused: [String: DockerfileError.Problem] = [
        "flags": .instruction(keyword: "COPY", "unknown flag --user"),
        "health": .instruction(keyword: "HEALTHCHECK", "CMD or NONE is needed"),
        "jeztah-invalid-json-json-inside-string": .beforeFirstFrom(keyword: "CMD"),
        "jeztah-invalid-json-json-inside-string-double": .beforeFirstFrom(keyword: "CMD"),
        "jeztah-invalid-json-single-quotes": .beforeFirstFrom(keyword: "CMD"),
        "jeztah-invalid-json-unterminated-bracket": .beforeFirstFrom(keyword: "CMD"),
        "jeztah-invalid-json-unterminated-string": .beforeFirstFrom(keyword: "CMD"),
        "json": .beforeFirstFrom(keyword: "CMD"),
    ]

    /// Files that are wrong on purpose: tests of other projects for errors.
    static let broken: [String: DockerfileError.Problem] = [
        "docker-actions-toolkit/__tests__/.fixtures/hello-err.Dockerfile": .unknownInstruction("ARGGG"),
        "wagoodman-dive/cmd/dive/cli/testdata/invalid/Dockerfile": .unknownInstruction("INVALID"),
    ]

    @Test(arguments: FixtureFiles.positive)
    func `give the tree that BuildKit makes`(_ fixture: FixtureFiles.Fixture) throws {
        let expected = try #require(fixture.result)
        let parsed = try DockerfileNodes(parsing: fixture.bytes)
        #expect(parsed.dump == expected.trimmingSuffix { $0.isWhitespace })
    }

    @Test(arguments: FixtureFiles.positive)
    func `become instructions, or are refused as BuildKit does`(_ fixture: FixtureFiles.Fixture) {
        let problem = problem(of: fixture)
        #expect(problem == Self.refused[fixture.name])
    }

    @Test(arguments: FixtureFiles.negative)
    func `that BuildKit refuses are refused`(_ fixture: FixtureFiles.Fixture) {
        #expect(throws: DockerfileError.self) { try DockerfileNodes(parsing: fixture.bytes) }
        #expect(throws: DockerfileError.self) { try Dockerfile(parsing: fixture.bytes) }
    }

    @Test
    func `are all there`() {
        #expect(FixtureFiles.positive.count >= 33)
        #expect(FixtureFiles.negative.count >= 4)
        #expect(FixtureFiles.others.count >= 10)
    }

    @Test(arguments: FixtureFiles.others)
    func `and real Dockerfiles are read`(_ fixture: FixtureFiles.Fixture) {
        let problem = problem(of: fixture)
        #expect(problem == Self.broken[fixture.name])
    }
}

/// Why a file is refused; nil when it is read, and then its stages are looked at.
private func problem(of fixture: FixtureFiles.Fixture) -> DockerfileError.Problem? {
    do throws(DockerfileError) {
        let file = try Dockerfile(parsing: fixture.bytes)
        #expect(!file.stages.isEmpty)
        #expect(file.stages.count == file.instructions.count { $0.keyword == "FROM" })
        return nil
    } catch {
        return error.problem
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isDropped(last) { text.removeLast() }
        return text
    }
}
