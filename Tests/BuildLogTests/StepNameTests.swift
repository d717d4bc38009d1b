import BuildLog
import BuildModel
import Testing

/// What the name of a vertex tells.
@Suite struct StepNameTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: StepKind
        var target: String? = nil
        var platform: String? = nil
        var stage: String? = nil
        var position: Int? = nil
        var positions: Int? = nil
        var instruction: String? = nil
        var text: String? = nil
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        .init(
            name: "[2/5] RUN make", kind: .instruction, position: 2, positions: 5, instruction: "RUN",
            text: "RUN make"),
        .init(
            name: "[stage  2/12] COPY a b", kind: .instruction, stage: "stage", position: 2, positions: 12,
            instruction: "COPY", text: "COPY a b"),
        .init(
            name: "[linux/arm/v7 build 1/1] WORKDIR /src", kind: .instruction, platform: "linux/arm/v7",
            stage: "build", position: 1, positions: 1, instruction: "WORKDIR", text: "WORKDIR /src"),
        .init(
            name: "[linux/amd64->arm64 3/4] RUN x", kind: .instruction, platform: "linux/amd64->arm64",
            position: 3, positions: 4, instruction: "RUN", text: "RUN x"),
        .init(
            name: "[windows(10.0.17763)/amd64 3/4] RUN x", kind: .instruction,
            platform: "windows(10.0.17763)/amd64", position: 3, positions: 4, instruction: "RUN", text: "RUN x"),
        .init(
            name: "[web linux/arm64 stage-1 10/12] RUN x", kind: .instruction, target: "web",
            platform: "linux/arm64", stage: "stage-1", position: 10, positions: 12, instruction: "RUN", text: "RUN x"),
        .init(
            name: "[web stage 2/5] RUN x", kind: .instruction, target: "web", stage: "stage", position: 2,
            positions: 5, instruction: "RUN", text: "RUN x"),
        .init(
            name: "[web linux/arm64 2/5] RUN x", kind: .instruction, target: "web", platform: "linux/arm64",
            position: 2, positions: 5, instruction: "RUN", text: "RUN x"),
        .init(
            name: "[2/5] ADD --keep-git-dir=true https://github.com/a/b.git#v1 /src", kind: .instruction,
            position: 2, positions: 5, instruction: "ADD",
            text: "ADD --keep-git-dir=true https://github.com/a/b.git#v1 /src"),
        .init(
            name: "[3/4] ONBUILD RUN x", kind: .instruction, position: 3, positions: 4, instruction: "RUN",
            text: "RUN x"),
        .init(
            name: "[b 2/2] RUN [ -f x ] && echo '[internal] y'", kind: .instruction, stage: "b", position: 2,
            positions: 2, instruction: "RUN", text: "RUN [ -f x ] && echo '[internal] y'"),
        .init(
            name: "[1/2] FROM docker.io/library/busybox@sha256:aa", kind: .from, position: 1, positions: 2,
            instruction: "FROM", text: "FROM docker.io/library/busybox@sha256:aa"),
        .init(name: "FROM docker.io/tonistiigi/xx", kind: .from, instruction: "FROM"),
        .init(name: "[internal] load .dockerignore", kind: .internal, text: "load .dockerignore"),
        .init(
            name: "[web internal] load build definition from Dockerfile", kind: .internal, target: "web",
            text: "load build definition from Dockerfile"),
        .init(
            name: "[linux/arm64 internal] load metadata for x", kind: .internal, platform: "linux/arm64",
            text: "load metadata for x"),
        .init(name: "[internal] load build context", kind: .context, text: "load build context"),
        .init(name: "[web internal] load build context", kind: .context, target: "web", text: "load build context"),
        .init(
            name: "[internal] load git source https://x/y.git", kind: .context,
            text: "load git source https://x/y.git"),
        .init(
            name: "[auth] library/x:pull token for registry-1.docker.io", kind: .auth,
            text: "library/x:pull token for registry-1.docker.io"),
        .init(name: "[web auth] library/x:pull token", kind: .auth, target: "web", text: "library/x:pull token"),
        .init(name: "[context base] load metadata for x", kind: .context, text: "load metadata for x"),
        .init(name: "[web context base] load from client", kind: .context, target: "web", text: "load from client"),
        .init(name: "importing cache manifest from gha:1", kind: .cacheImport),
        .init(
            name: "[web] importing cache manifest from r/x", kind: .cacheImport, target: "web",
            text: "importing cache manifest from r/x"),
        .init(name: "exporting cache to registry", kind: .cacheExport),
        .init(name: "exporting to GitHub Actions Cache", kind: .cacheExport),
        .init(name: "exporting inline cache", kind: .cacheExport),
        .init(name: "exporting to image", kind: .export),
        .init(name: "[web] exporting to image", kind: .export, target: "web", text: "exporting to image"),
        .init(name: "exporting to docker image format", kind: .export),
        .init(name: "importing to docker", kind: .export),
        .init(name: "pushing r/x with docker", kind: .export),
        .init(name: "resolve image config for docker-image://docker.io/docker/dockerfile:1", kind: .internal),
        .init(name: "docker-image://docker.io/docker/dockerfile:1@sha256:aa", kind: .internal),
        .init(
            name: "[linux/amd64] generating sbom using docker.io/docker/buildkit-syft-scanner:stable-1",
            kind: .internal, platform: "linux/amd64",
            text: "generating sbom using docker.io/docker/buildkit-syft-scanner:stable-1"),
        .init(name: "resolving provenance for metadata file", kind: .internal),
        .init(name: "https://example.org/x", kind: .other),
        .init(name: "[", kind: .other), .init(name: "[]", kind: .other), .init(name: "", kind: .other),
        .init(
            name: "[1/99999999999999999999] RUN x", kind: .instruction,
            platform: "1/99999999999999999999", instruction: "RUN", text: "RUN x"),
    ]

    @Test(arguments: rows) func `a name is taken apart`(row: Row) {
        let step = StepName.parse(row.name)
        #expect(step.kind == row.kind)
        #expect(step.target == row.target)
        #expect(step.platform == row.platform)
        #expect(step.stage == row.stage)
        #expect(step.position == row.position && step.positions == row.positions)
        #expect(step.instruction == row.instruction)
        #expect(step.text == row.text ?? row.name)
    }

    @Test func `one word before the position is the target where the other names say so`() {
        let names = ["[web internal] load .dockerignore", "[api internal] load .dockerignore", "[web 2/5] RUN x"]
        let targets = StepName.targets(in: names)
        #expect(targets == ["web", "api"])
        #expect(StepName.parse("[web 2/5] RUN x", targets: targets).target == "web")
        #expect(StepName.parse("[web 2/5] RUN x", targets: targets).stage == nil)
        #expect(StepName.parse("[web web 2/5] RUN x", targets: targets).stage == "web")
        #expect(StepName.parse("[web 2/5] RUN x").stage == "web")
        #expect(StepName.targets(in: ["[internal] load .dockerignore", "[web 2/5] RUN x"]) == [])
    }
}
