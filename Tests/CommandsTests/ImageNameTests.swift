import Testing

@testable import Commands

@Suite struct ImageNameTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    static let names: [(String, [ImageName.Reading])] = [
        ("debian", [.tag(repository: "debian", tag: "latest", isStated: false)]),
        ("debian:12", [.tag(repository: "debian", tag: "12", isStated: true)]),
        ("localhost:5000/app", [.tag(repository: "localhost:5000/app", tag: "latest", isStated: false)]),
        ("localhost:5000/app:1", [.tag(repository: "localhost:5000/app", tag: "1", isStated: true)]),
        ("app@" + digest, [.repositoryDigest(repository: "app", digest: digest)]),
        ("app:1@" + digest, [.repositoryDigest(repository: "app", digest: digest)]),
        (digest, [.digest(digest)]),
        ("sha256:abab", [.prefix("abab")]),
        ("cafe", [.tag(repository: "cafe", tag: "latest", isStated: false), .prefix("cafe")]),
        ("abc", [.tag(repository: "abc", tag: "latest", isStated: false)]),
        ("<none>", [.tag(repository: "<none>", tag: "latest", isStated: false)]),
    ]

    @Test(arguments: names.indices)
    func `a name is understood as docker understands it`(number: Int) throws {
        #expect(try ImageName(Self.names[number].0).readings == Self.names[number].1)
    }

    @Test func `a name of no length or without end is refused`() {
        #expect(throws: CommandFailure.self) { try ImageName("") }
        #expect(throws: CommandFailure.self) { try ImageName(String(repeating: "a", count: 2000)) }
    }

    @Test func `Docker Hub's long and short names are one repository`() {
        for name in ["debian", "library/debian", "docker.io/library/debian", "docker.io/debian"] {
            let aliases = ImageName.aliases(of: name)
            #expect(aliases.first == name)
            #expect(aliases.contains("debian") && aliases.contains("docker.io/library/debian"), "\(aliases)")
        }
        #expect(ImageName.aliases(of: "quay.io/a/b") == ["quay.io/a/b"])
    }
}

@Suite struct SharingSideTests {
    @Test func `a side is a group by kind, or a name`() throws {
        #expect(try SharingSide("source:a") == .source("a"))
        #expect(try SharingSide("namespace:a/b") == .namespace("a/b"))
        #expect(try SharingSide("owner:team a") == .owner("team a"))
        #expect(try SharingSide("label:k=v=w") == .label(key: "k", value: "v=w"))
        #expect(try SharingSide("debian:12") == .named("debian:12"))
        for text in ["source:", "label:k", "label:=v"] {
            #expect(throws: CommandFailure.self) { try SharingSide(text) }
        }
    }
}
