import Reporting
import Testing

@Suite struct GoTemplateTests {
    static let document = JSONValue.object([
        .init("Architecture", .text("amd64")), .init("Os", .text("linux")), .init("Size", .integer(4_148_087)),
        .init("ratio", .real(1.5)), .init("ok", .flag(true)), .init("none", .null), .init("empty", .list([])),
        .init(
            "Config",
            .object([
                .init("Labels", .object([.init("b", .text("2")), .init("a", .text("1"))])),
                .init("Env", .list([.text("PATH=/bin"), .text("A=b")])), .init("Cmd", .null),
            ])),
        .init("rootfs", .object([.init("diff_ids", .list([.text("x"), .text("y"), .text("z")]))])),
    ])

    @Test(
        arguments: [
            ("plain", "plain"), ("{{.Architecture}} {{.Os}}", "amd64 linux"), ("{{ .Os }}", "linux"),
            ("{{.Config.Labels.a}}", "1"), ("{{.Config.Labels}}", "map[a:1 b:2]"),
            ("{{.Config.Env}}", "[PATH=/bin A=b]"),
            ("{{json .Config.Labels}}", #"{"b":"2","a":"1"}"#), ("{{json .none}}", "null"), ("{{.none}}", ""),
            ("{{.Config.Cmd.anything}}", ""), ("{{.RootFS.DiffIDs}}", "[x y z]"),
            ("{{len .RootFS.DiffIDs}}", "3"), (#"{{len "äb"}}"#, "3"), (#"{{index .Config.Labels "b"}}"#, "2"),
            ("{{index .RootFS.DiffIDs 1}}", "y"), (#"{{.Os | upper | printf "%-7s|"}}"#, "LINUX  |"),
            (#"{{if .ok}}yes{{else}}no{{end}}"#, "yes"), (#"{{if .empty}}yes{{else}}no{{end}}"#, "no"),
            (#"{{if eq .Os "windows"}}w{{else if eq .Os "linux"}}l{{else}}?{{end}}"#, "l"),
            (#"{{if and .ok (not .none)}}1{{end}}"#, "1"), (#"{{or .none "x"}}"#, "x"),
            (#"{{if or .none .empty}}1{{else}}0{{end}}"#, "0"), (#"{{eq .Os "a" "linux"}}"#, "true"),
            ("{{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 1}} {{ge 1 2}}", "true true true true false"),
            ("{{range .RootFS.DiffIDs}}{{.}};{{end}}", "x;y;z;"),
            ("{{range $i, $d := .RootFS.DiffIDs}}{{$i}}={{$d}} {{end}}", "0=x 1=y 2=z "),
            ("{{range $k, $v := .Config.Labels}}{{$k}}{{$v}}{{end}}", "a1b2"),
            ("{{range .empty}}x{{else}}none{{end}}", "none"),
            (#"{{range .RootFS.DiffIDs}}{{if eq . "y"}}{{break}}{{end}}{{.}}{{end}}"#, "x"),
            (#"{{range .RootFS.DiffIDs}}{{if eq . "y"}}{{continue}}{{end}}{{.}}{{end}}"#, "xz"),
            ("{{range .RootFS.DiffIDs}}{{$.Os}}{{end}}", "linuxlinuxlinux"),
            ("{{with .Config}}{{json .Cmd}}{{end}}", "null"), ("{{with .none}}x{{else}}y{{end}}", "y"),
            ("{{$x := .Os}}{{$x}}{{$x = \"z\"}}{{$x}}", "linuxz"), ("a {{- .Os -}} b", "alinuxb"),
            ("{{/* a note */}}x", "x"), ("a{{- /* a note */ -}} b", "ab"), (#"{{"\t"}}|{{`\t`}}"#, "\t|\\t"),
            (
                #"{{printf "%s %v %q %d %5d|%-5d|%05d %x %.2f %t %%" "a" 1 "q" 42 7 7 7 255 1.5 true}}"#,
                "a 1 \"q\" 42     7|7    |00007 ff 1.50 true %"
            ),
            (#"{{println "a" 1}}"#, "a 1\n"), (#"{{print 1 2 "a" 3}}"#, "1 2a3"),
            (#"{{join (split "a,b" ",") "-"}}"#, "a-b"), (#"{{title "a bc-d"}}"#, "A Bc-D"),
            (#"{{lower "ÄB"}}"#, "äb"), (#"{{pad "x" 1 2}}|"#, " x  |"), (#"{{truncate "abcdef" 3}}"#, "abc"),
            (#"{{slice "abcdef" 1 3}}"#, "bc"), ("{{slice .RootFS.DiffIDs 1}}", "[y z]"),
            ("{{bytes .Size}}", "4.148MB"),
            ("{{.ratio}}", "1.5"), ("{{(index .RootFS.DiffIDs 0)}}", "x"), ("{{(.Config).Env}}", "[PATH=/bin A=b]"),
            (#"{{html "<a>"}}"#, "&lt;a&gt;"), (#"{{urlquery "a b/c"}}"#, "a%20b%2Fc"), ("{{'a'}}", "97"),
            ("{{0x10}} {{-3}} {{1.5}}", "16 -3 1.5"), ("{{range 3}}{{.}}{{end}}", "012"),
            (#"{{"\u202e\x1b[2J"}}"#, "\\u202e\\x1b[2J"),
        ])
    func `a template gives what Go gives`(template: String, expected: String) throws {
        #expect(try GoTemplate(template).render(Self.document) == expected)
    }

    @Test(
        arguments: [
            ("{{.Os", 1, 1, "action is not closed: add }}"), ("a\n{{if .Os}}x", 2, 3, "{{if}} is not closed"),
            ("{{end}}", 1, 3, "unexpected {{end}}"), ("{{nope .Os}}", 1, 3, "function \"nope\" not defined"),
            ("{{.Os}} {{.Nope}}", 1, 11, "no field .Nope: there are Architecture"),
            ("{{.Os.x}}", 1, 6, "no field .x in text"), ("{{\"abc}}", 1, 3, "string is not closed"),
            ("{{template \"x\"}}", 1, 3, "{{template}} is not supported"), ("{{$x}}", 1, 3, "undefined variable $x"),
            ("{{if .a}}{{else}}{{else}}{{end}}", 1, 20, "a second {{else}}"), ("{{len 3}}", 1, 3, "len of a number"),
            ("{{index .RootFS.DiffIDs 9}}", 1, 3, "index out of range: 9 of 3"), ("{{eq 1}}", 1, 3, "wrong number"),
            (#"{{eq 1 "a"}}"#, 1, 3, "incompatible types"), ("{{.Os 3}}", 1, 3, "this is no function"),
            ("{{}}", 1, 3, "missing value"), ("{{break}}", 1, 3, "{{break}} outside {{range}}"),
            ("{{#}}", 1, 3, "unexpected # in an action"), (#"{{printf "%d" "a"}}"#, 1, 3, "printf: %d does not take"),
            ("{{(.Os}}", 1, 3, "parenthesis is not closed"),
            ("{{range .Os}}{{end}}", 1, 9, "range cannot go over text"),
            (#"{{"\q"}}"#, 1, 4, "unknown escape \\q"), ("{{/* x", 1, 1, "comment is not closed"),
        ])
    func `a mistake is named with its place`(template: String, line: Int, column: Int, message: String) {
        let error = #expect(throws: GoTemplateError.self) { try GoTemplate(template).render(Self.document) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func `deep nesting is refused`() {
        #expect(throws: GoTemplateError.self) { try GoTemplate(String(repeating: "{{if 1}}", count: 100_000)) }
        #expect(throws: GoTemplateError.self) {
            try GoTemplate("{{" + String(repeating: "(", count: 100_000) + "1")
        }
    }
}
