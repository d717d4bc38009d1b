import Dockerfile
import Testing

@testable import Analysis

@Suite struct StageDependencyTests {
    /// Why the last of the lines must stay below the first; nil when it may stand above.
    private static func reason(_ lines: String...) throws -> String? {
        let file = try Dockerfile(parsing: (["FROM debian:12"] + lines).joined(separator: "\n") + "\n")
        let dependencies = StageDependencies(Array(file.instructions.dropFirst()))
        return dependencies.reason(0, lines.count - 1)
    }

    @Test(arguments: [
        "apt-get update && apt-get install -y --no-install-recommends curl=7.88* git", "make",
        "apt-get install -y ./a.deb",
        "apt-get install -y $PACKAGES", "apt-get update && ./configure", "apt-get install -y $(cat packages)",
        "apt-get install -y curl > /app/log", "apk add < packages", "apk add curl | tee log", "npm ci",
        "apt-get install -y curl && rm -rf /app", "apt-get install -y curl &  make", "(apt-get install -y curl)",
        "PATH=/app apt-get update", "dnf install -y app.rpm", "apt-get -o Dir::Etc=/app/etc update",
        "yum history undo 3",
        "if true; then apk add curl; fi", "apt-get install -y lib*", "echo hello",
    ])
    func `a RUN that may read files stays below the COPY`(script: String) throws {
        #expect(try Self.reason("COPY . /app", "RUN \(script)") != nil)
    }

    @Test(arguments: [
        "apt-get update && apt-get install -y --no-install-recommends curl git=1:2.39.2-1 libc6:amd64",
        "apt-get update \\\n && apt-get install -y curl \\\n && rm -rf /var/lib/apt/lists/*",
        "DEBIAN_FRONTEND=noninteractive apt-get -y install tzdata", "apk add --no-cache curl 'openssl>3'",
        "set -eux; dnf install -y gcc-c++; dnf clean all", "yum -y update", "apk add --virtual .build gcc",
        "--mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl",
    ])
    func `installing named packages needs no copied file`(script: String) throws {
        // A comparison in quotes is no redirection, but it is no name either: apk's is left below.
        let reason = try Self.reason("COPY . /app", "RUN \(script)")
        #expect(reason == nil || script.contains(">3"), "\(script): \(reason ?? "")")
    }

    @Test func `a RUN with a script that is no list of words stays`() throws {
        #expect(try Self.reason("COPY . /app", "RUN <<EOF\napk add curl\nEOF") != nil)
        #expect(try Self.reason("COPY . /app", "RUN [\"apk\", \"add\", \"curl\"]") == nil)
        #expect(try Self.reason("COPY . /app", "RUN [\"sh\", \"-c\", \"apk add curl | tee x\"]") != nil)
        #expect(try Self.reason("COPY . /app", "RUN --mount=type=bind,target=/s apk add curl") != nil)
        #expect(try Self.reason("COPY . /app", "RUN --network=none apk add curl") != nil)
    }

    @Test(arguments: [
        "/", "/etc/apt/", "/usr/local/bin", "/usr/lib/x", "/root/", "/var/www", "$DIR", "relative", "/opt/x",
    ])
    func `files that packages may use keep the RUN below`(destination: String) throws {
        #expect(try Self.reason("COPY a b \(destination)/", "RUN apt-get install -y curl") != nil)
    }

    @Test func `files of an application do not, even below a relative destination that is known`() throws {
        #expect(try Self.reason("COPY . /usr/src/app", "RUN apt-get install -y curl") == nil)
        #expect(try Self.reason("COPY . /srv/app", "RUN apt-get install -y curl") == nil)
        let file = try Dockerfile(parsing: "FROM a:1\nWORKDIR /app\nCOPY . .\nRUN apk add curl\n")
        #expect(StageDependencies(Array(file.instructions.dropFirst())).reason(1, 2) == nil)
    }

    @Test func `RUN keeps its order among RUN, and to variables, folders, users and shells`() throws {
        #expect(try Self.reason("RUN apk add curl", "RUN apk add git") != nil)
        #expect(try Self.reason("ENV A=1", "RUN apk add git") != nil)
        #expect(try Self.reason("RUN apk add git", "ENV A=1") != nil)
        #expect(try Self.reason("ARG A", "RUN apk add git") != nil)
        #expect(try Self.reason("USER app", "RUN apk add git") != nil)
        #expect(try Self.reason("USER app", "COPY a /app/") != nil)
        #expect(try Self.reason("WORKDIR /app", "RUN apk add git") != nil)
        #expect(try Self.reason("SHELL [\"/bin/bash\", \"-c\"]", "RUN apk add git") != nil)
        #expect(try Self.reason("VOLUME /data", "RUN apk add git") != nil)
        #expect(try Self.reason("LABEL a=b", "RUN apk add git") == nil)
        #expect(try Self.reason("EXPOSE 80", "COPY a /app/") == nil)
    }

    @Test func `a changed PATH or shell may run a copied program`() throws {
        #expect(try Self.reason("COPY . /app", "ENV PATH=/app:$PATH", "RUN apk add git") != nil)
        #expect(try Self.reason("COPY . /app", "SHELL [\"/app/sh\"]", "RUN apk add git") != nil)
        #expect(try Self.reason("COPY . /app", "ENV OTHER=1", "RUN apk add git") == nil)
    }

    @Test func `variables tie what sets them to what uses them`() throws {
        #expect(try Self.reason("ENV DIR=/app", "COPY . $DIR/x") != nil)
        #expect(try Self.reason("ENV DIR=/app", "COPY . ${DIR:-/x}/x") != nil)
        #expect(try Self.reason("ENV DIR=/app", "COPY . $DIRECTORY/x") == nil)
        #expect(try Self.reason("ENV DIR=/app", "LABEL a=$DIR") != nil)
        #expect(try Self.reason("ARG A=1", "ENV A=2") != nil)
    }

    @Test func `copies to one place keep their order, to separate places need not`() throws {
        #expect(try Self.reason("COPY a /app/", "COPY b /app/") != nil)
        #expect(try Self.reason("COPY a /app/", "COPY b /app/sub/") != nil)
        #expect(try Self.reason("COPY a /app/", "COPY b /application/") == nil)
        #expect(try Self.reason("COPY a /app/", "COPY b there/") != nil)
        #expect(try Self.reason("COPY a /", "COPY b /x/") != nil)
        #expect(try Self.reason("COPY a /app/../b/", "ADD b /b/") != nil)
        #expect(try Self.reason("WORKDIR /app", "COPY b /srv/") == nil)
        #expect(try Self.reason("WORKDIR /app", "COPY b /app/") != nil)
        #expect(try Self.reason("WORKDIR /app", "COPY b .") != nil)
    }

    @Test func `a user by name may come from a package`() throws {
        #expect(try Self.reason("COPY --chown=www-data . /app", "RUN apt-get install -y nginx") != nil)
        #expect(try Self.reason("COPY --chown=33:33 . /app", "RUN apt-get install -y nginx") == nil)
    }
}
