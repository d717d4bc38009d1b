import Foundation
import ImageModel
import Testing

private let sha = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

private struct Case: CustomTestStringConvertible {
    var text: String
    var host: String?
    var path: String
    var tag: String?
    var hasDigest = false
    var testDescription: String { text }
}

/// After the table in distribution's reference tests.
private let valid: [Case] = [
    Case(text: "test_com", host: nil, path: "test_com", tag: nil),
    Case(text: "test.com:tag", host: nil, path: "test.com", tag: "tag"),
    Case(text: "test.com:5000", host: nil, path: "test.com", tag: "5000"),
    Case(text: "test.com/repo:tag", host: "test.com", path: "repo", tag: "tag"),
    Case(text: "test:5000/repo", host: "test:5000", path: "repo", tag: nil),
    Case(text: "test:5000/repo:tag", host: "test:5000", path: "repo", tag: "tag"),
    Case(text: "test:5000/repo@" + sha, host: "test:5000", path: "repo", tag: nil, hasDigest: true),
    Case(text: "test:5000/repo:tag@" + sha, host: "test:5000", path: "repo", tag: "tag", hasDigest: true),
    Case(text: "lowercase:Uppercase", host: nil, path: "lowercase", tag: "Uppercase"),
    Case(
        text: "sub-dom1.foo.com/bar/baz/quux:some-long-tag", host: "sub-dom1.foo.com", path: "bar/baz/quux",
        tag: "some-long-tag"),
    Case(
        text: "b.gcr.io/test.example.com/my-app:test.example.com", host: "b.gcr.io", path: "test.example.com/my-app",
        tag: "test.example.com"),
    Case(text: "xn--n3h.com/myimage:xn--n3h.com", host: "xn--n3h.com", path: "myimage", tag: "xn--n3h.com"),
    Case(text: "192.168.1.1/repo:tag", host: "192.168.1.1", path: "repo", tag: "tag"),
    Case(text: "192.168.1.1:5000/repo:5050", host: "192.168.1.1:5000", path: "repo", tag: "5050"),
    Case(text: "[2001:db8::1]:5000/repo:tag", host: "[2001:db8::1]:5000", path: "repo", tag: "tag"),
    Case(text: "[2001:db8::1]/repo", host: "[2001:db8::1]", path: "repo", tag: nil),
    Case(text: "localhost/repo", host: "localhost", path: "repo", tag: nil),
    Case(text: "library/alpine:3.20", host: nil, path: "library/alpine", tag: "3.20"),
    Case(text: "Uppercase/lowercase:tag", host: "Uppercase", path: "lowercase", tag: "tag"),
    Case(text: "foo/foo_bar.com:8080", host: nil, path: "foo/foo_bar.com", tag: "8080"),
    Case(text: "a/b--c/d__e/f_g/h.i", host: nil, path: "a/b--c/d__e/f_g/h.i", tag: nil),
    Case(
        text: "repo:" + String(repeating: "x", count: 128), host: nil, path: "repo",
        tag: String(repeating: "x", count: 128)),
]

@Suite struct ReferenceTests {
    @Test(arguments: valid) private func `a name is taken apart as distribution does`(expected: Case) throws {
        let reference = try ImageReference(expected.text)
        #expect(reference.host == expected.host)
        #expect(reference.path == expected.path)
        #expect(reference.tag == expected.tag)
        #expect((reference.digest != nil) == expected.hasDigest)
        #expect(reference.description == expected.text)
    }

    @Test(arguments: [
        "", ":justtag", "@" + sha, "repo@sha256:ffffffffffffffffffffffffffffffffff", "validname@invaliddigest:ffff",
        "Uppercase:tag", "test:5000/Uppercase/lowercase:tag", "-foo/bar", "foo/bar-", "foo--/bar", "a___b", "a..b",
        "a/",
        "/a", "a//b", "aa/asdf$$^/aa", "-test.com/repo", "test-.com/repo", "test..com/repo", "test.com:/repo",
        "test.com:port/repo",
        "[2001:db8::1/repo", "[]:5000/repo", "[fe80::1%eth0]:5000/repo:tag", "repo:", "repo:-tag", "repo:t/g",
        "repo:tag:tag2",
        "repo:" + String(repeating: "x", count: 129), "re po", "repo\n", "répo", "repo\u{301}", "a:b\u{301}", "repo@",
        String(repeating: "a", count: 256), String(repeating: "a/", count: 600) + "a",
    ]) func `what is no name is refused`(text: String) throws {
        let error = try #require(throws: ImageModelError.self) { try ImageReference(text) }
        #expect(error.description.utf8.count < 700)
    }

    @Test func `tags that are about a digest are told from others`() {
        let hex = String(sha.dropFirst(7))
        for tag in ["sha256-\(hex)", "sha256-\(hex).sig", "sha256-\(hex).att", "sha256-\(hex).sbom"] {
            #expect(ImageReference.isReferrerTag(tag))
        }
        for tag in ["sha256-\(hex).txt", "sha256-\(hex.dropLast())", "latest", "1-2", "sha256:\(hex)", ""] {
            #expect(!ImageReference.isReferrerTag(tag))
        }
    }

    @Test func `the namespace is all but the last component`() throws {
        #expect(try ImageReference("ghcr.io/acme/web/api:1").namespace == "ghcr.io/acme/web")
        #expect(try ImageReference("alpine").namespace == nil)
    }
}
