import Figures
import Foundation
import Reporting
import Testing

@Suite struct OutsideTextTests {
    @Test(
        arguments: [
            ("plain", "plain"), ("\u{1b}[31mred", "\\x1b[31mred"), ("a\u{7}b\0", "a\\x07b\\x00"), ("a\tb\nc", "a b c"),
            ("\u{202e}gnp.exe", "\\u202egnp.exe"), ("\u{9b}1m", "\\x9b1m"), ("日本 🐳 é", "日本 🐳 é"),
            ("x\u{200b}y", "x\\u200by"), ("a\r\nb", "a\\x0d b"),
        ])
    func `terminal escapes are made harmless`(text: String, expected: String) {
        #expect(TerminalText.harmless(text) == expected)
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("🐳", 2), ("", 0)])
    func `width counts terminal cells`(text: String, expected: Int) {
        #expect(TerminalText.width(text) == expected)
    }

    @Test(
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-5", "'-5"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""), ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("a\r\nb", "\"a\r\nb\""), ("\r\nx", "\"'\r\nx\""), ("", ""),
        ])
    func `cells that a spreadsheet would run are defused`(text: String, expected: String) {
        #expect(CSVText.cell(text) == expected)
    }

    @Test func `numbers stay numbers in CSV and unknown stays empty`() {
        let table = Table(
            name: "t", columns: [.init("a", .bytes), .init("b", .ratio), .init("c", .time), .init("d", .list)],
            rows: [
                [.integer(-5), .real(-0.5), .time(Date(timeIntervalSince1970: 0)), .list(["-x", "y"])],
                [.null, .null, .null, .null],
            ])
        #expect(CSVText.table(table) == "a,b,c,d\r\n-5,-0.5,1970-01-01T00:00:00Z,\"'-x,y\"\r\n,,,\r\n")
    }

    @Test(
        arguments: [
            ("<script>", "&lt;script&gt;"), ("\"><img onerror=1>", "&quot;&gt;&lt;img onerror=1&gt;"),
            ("a&b'c", "a&amp;b&#39;c"), ("\0", "\\x00"), ("\u{202e}x", "\\u202ex"), ("🐳", "🐳"),
        ])
    func `HTML is escaped`(text: String, expected: String) {
        #expect(HTML.escape(text) == expected)
    }

    @Test func `JSON in a script element cannot end it`() {
        var text = ""
        JSONText.append("</script><!--&\u{2028}\u{2029}\0", to: &text, place: .script)
        #expect(text == "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u2029\\u0000\"")
    }

    @Test func `JSON keeps every text`() throws {
        let hostile = "<script>\"\\\u{1b}\0\u{2028}\u{202e}🐳\r\n"
        for place in [JSONText.Place.document, .script] {
            var text = ""
            JSONText.append(hostile, to: &text, place: place)
            let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            #expect(parsed as? String == hostile)
        }
    }
}
