import Collectors
import Foundation
import TestSupport
import Testing

@Suite struct HTTPFailureTests {
    @Test(arguments: [
        ("https://user:secret@host.example/v2/a?n=5&last=b", "https://host.example/v2/a?n=5&last=b"),
        ("https://store/x?X-Amz-Signature=secret&n=1#secret", "https://store/x?X-Amz-Signature=…&n=1"),
        ("https://host/v2/a@b/tags", "https://host/v2/a@b/tags"),
        ("http+unix://%2Frun%2Fdocker.sock/info", "http+unix://%2Frun%2Fdocker.sock/info"),
    ])
    func `an address is shown without secrets`(url: String, shown: String) {
        #expect(redactedURL(url) == shown)
        #expect(HTTPFailure(method: "GET", url: url, reason: .timedOut).url == shown)
    }

    @Test(arguments: [
        (
            #"{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository","detail":{"name":"a"}}]}"#,
            "NAME_UNKNOWN: no such repository"
        ),
        (#"{"errors":[{"code":5,"message":"odd"}]}"#, "odd"),
        (#"{"message":"no such container"}"#, "no such container"),
        (#"{"details":"incorrect username or password"}"#, "incorrect username or password"),
        (#"{"error":"invalid_grant","error_description":"token expired"}"#, "token expired"),
        ("<html><body>Bad Gateway</body></html>", "a page of HTML, as from a proxy"),
        ("404 page not found\nmore", "404 page not found"),
        ("{not json", ""),
        ("", ""),
    ])
    func `what a server says is read`(body: String, said: String) {
        let failure = HTTPFailure(
            method: "GET", url: "http://h/", reason: .status(404),
            diagnostics: HTTPFailure.diagnostics(in: Data(body.utf8)))
        #expect(
            failure.description == "GET http://h/: answered with status 404" + (said.isEmpty ? "" : " (\(said))"))
    }

    @Test func `what a server says is bounded and on one line`() throws {
        let text = "\u{1B}[31m" + String(repeating: "x", count: 5000)
        let diagnostic = try #require(HTTPFailure.diagnostics(in: Data(text.utf8)).first)
        #expect(diagnostic.message.count == 201)
        #expect(!diagnostic.message.contains("\u{1B}"))
    }

    @Test(arguments: [
        (429, true), (500, true), (502, true), (503, true), (504, true), (408, true),
        (400, false), (401, false), (403, false), (404, false), (405, false), (501, false),
    ])
    func `a status says whether to ask again`(status: Int, isTemporary: Bool) {
        #expect(HTTPFailure(method: "GET", url: "", reason: .status(status)).isTemporary == isTemporary)
    }

    @Test(arguments: [
        ("120", Duration.seconds(120)), ("0", .zero), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
        ("Sun, 06 Nov 1994 08:48:00 GMT", .zero), ("99999999999999999999999", .seconds(31_536_000)),
        ("soon", nil), ("-5", nil), ("", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
    ])
    func `a time to wait is read as seconds and as a date`(value: String, wait: Duration?) {
        let now = Date(timeIntervalSince1970: 784_111_740)
        #expect(RetryAfter.parse(value, now: now) == wait)
    }
}
