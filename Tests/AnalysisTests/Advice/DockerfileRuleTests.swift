import Figures
import Testing

@testable import Analysis

@Suite struct DockerfileRuleTests {
    typealias Rule = DockerfileAdvice.Rule

    private static func lines(_ rule: Rule, _ text: String, ignore: String? = ".git") throws -> [Int] {
        try report(text, ignore: ignore).findings.filter { $0.rule == rule }.map(\.lines.lowerBound)
    }

    @Test(arguments: [
        (Rule.unpinnedBase, "FROM debian", [1]), (.unpinnedBase, "FROM debian:latest", [1]),
        (.unpinnedBase, "FROM localhost:5000/debian", [1]), (.unpinnedBase, "FROM debian:12", []),
        (.unpinnedBase, "FROM debian@sha256:\(String(repeating: "a", count: 64))", []),
        (.unpinnedBase, "FROM scratch", []),
        (.unpinnedBase, "ARG B\nFROM $B", []), (.unpinnedBase, "FROM a:1 AS b\nFROM b", []),

        (.addForCopy, "FROM a:1\nADD x /x", [2]), (.addForCopy, "FROM a:1\nADD x.tar.gz /x", []),
        (.addForCopy, "FROM a:1\nADD https://a.test/x /x", []), (.addForCopy, "FROM a:1\nADD $X /x", []),
        (.addForCopy, "FROM a:1\nCOPY x /x", []),

        (.updateAlone, "FROM a:1\nRUN apt-get update", [2]),
        (.updateAlone, "FROM a:1\nRUN apt-get update -q && apt-get install -y x", []),
        (.updateAlone, "FROM a:1\nRUN apt-get update && ./install.sh", []),

        (.noCacheMount, "FROM a:1\nRUN npm ci", [2]),
        (.noCacheMount, "FROM a:1\nRUN --mount=type=cache,target=/root/.npm npm ci", []),
        (.noCacheMount, "FROM a:1\nRUN npm run build", []), (.noCacheMount, "FROM a:1\nRUN pip install -r r.txt", [2]),

        (.packageCacheLeft, "FROM a:1\nRUN apt-get update && apt-get install -y x", [2]),
        (.packageCacheLeft, "FROM a:1\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*", []),
        (.packageCacheLeft, "FROM a:1\nRUN apk add x", [2]),
        (.packageCacheLeft, "FROM a:1\nRUN apk add --no-cache x", []),
        (.packageCacheLeft, "FROM a:1\nRUN dnf install -y x", [2]),
        (.packageCacheLeft, "FROM a:1\nRUN dnf install -y x && dnf clean all", []),
        (.packageCacheLeft, "FROM a:1\nRUN apk add x\nFROM b:1\nRUN true", []),
        (.packageCacheLeft, "FROM a:1 AS x\nRUN apk add x\nFROM x\nRUN true", [2]),

        (.ownershipChangedLater, "FROM a:1\nCOPY . /app\nRUN chown -R app:app /app", [3]),
        (.ownershipChangedLater, "FROM a:1\nWORKDIR /app\nCOPY . .\nRUN chmod -R 755 .", [4]),
        (.ownershipChangedLater, "FROM a:1\nCOPY . /app\nRUN chown -R app /data", []),
        (.ownershipChangedLater, "FROM a:1\nCOPY . /app\nRUN chown app /app", []),
        (.ownershipChangedLater, "FROM a:1\nRUN chown -R app /app\nCOPY . /app", []),

        (.removedInLaterLayer, "FROM a:1\nCOPY x.zip /tmp/x.zip\nRUN unzip /tmp/x.zip\nRUN rm /tmp/x.zip", [4]),
        (.removedInLaterLayer, "FROM a:1\nRUN curl -fsSLo /tmp/x https://a.test/x\nRUN rm -f /tmp/x", [3]),
        (.removedInLaterLayer, "FROM a:1\nRUN git clone https://a.test/x /src\nRUN rm -rf /src", [3]),
        (.removedInLaterLayer, "FROM a:1\nRUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*", [3]),
        (.removedInLaterLayer, "FROM a:1\nRUN curl -o /tmp/x https://a.test/x && rm /tmp/x", []),
        (
            .removedInLaterLayer,
            "FROM a:1\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN rm -rf /var/lib/apt/lists/*", []
        ),
        (.removedInLaterLayer, "FROM a:1\nRUN rm -rf /usr/share/doc", []),
        (.removedInLaterLayer, "FROM a:1\nCOPY . /app\nRUN rm -rf /app/tests", []),

        (.buildToolsLeft, "FROM a:1\nRUN apt-get install -y gcc libssl-dev=3.0", [2]),
        (.buildToolsLeft, "FROM a:1\nRUN apt-get install -y libssl3 curl", []),
        (.buildToolsLeft, "FROM a:1\nRUN apk add --virtual .b gcc && make && apk del .b", []),
        (.buildToolsLeft, "FROM a:1 AS b\nRUN apk add gcc\nFROM c:1\nCOPY --from=b /x /x", []),

        (.wholeContext, "FROM a:1\nCOPY . /app", []), (.wholeContext, "FROM a:1\nCOPY src /app", []),
    ])
    func `rules find what they name, and nothing else`(rule: Rule, text: String, expected: [Int]) throws {
        #expect(try Self.lines(rule, text + "\n") == expected)
    }

    @Test(
        arguments: [
            (nil, true), ("node_modules\n", true), ("# .git\n", true), (".git\n", false), ("/.git/\n", false),
            ("**/.git\r\nx\n", false), ("*\n!src\n", false), (".gitignore\n", true),
        ] as [(String?, Bool)])
    func `all sources are fine once .git is left out`(ignore: String?, isFound: Bool) throws {
        #expect(try Self.lines(.wholeContext, "FROM a:1\nCOPY . /app\n", ignore: ignore) == (isFound ? [2] : []))
    }

    @Test func `findings stand in the order of the lines`() throws {
        let found = try report("FROM a\nADD x /x\nRUN apt-get update\nCOPY . /app\n", ignore: nil).findings
        #expect(found.map(\.lines.lowerBound) == found.map(\.lines.lowerBound).sorted() && found.count >= 4)
    }

    @Test func `every rule is tested, and has a name of its own`() {
        #expect(Set(Rule.allCases.map(\.rawValue)).count == Rule.allCases.count)
        #expect(Rule.allCases.allSatisfy { rule in rule.rawValue.allSatisfy { $0.isLowercase || $0 == "-" } })
    }
}
