import BuildModel
import Dockerfile
import Figures
import Testing

@testable import Analysis

@Suite struct OrderAdviceTests {
    static let early = """
        # syntax=docker/dockerfile:1
        FROM debian:12
        WORKDIR /app
        # our sources
        COPY . .

        # tools
        RUN apt-get update \\
         && apt-get install -y curl \\
         && rm -rf /var/lib/apt/lists/*
        RUN make
        CMD ["./app"]

        """

    /// The first build, and nine in which files changed.
    static let builds: [Build] = (0..<10).map { number in
        build([
            step("WORKDIR /app", number == 0 ? .miss : .hit, 0), step("COPY . .", .miss, 1),
            step(
                "RUN apt-get update  && apt-get install -y curl  && rm -rf /var/lib/apt/lists/*", .notProbed,
                Double(20 + number)), step("RUN make", .notProbed, 5),
        ])
    }

    @Test func `an installation moves above the sources, and what it would have saved is its runs`() throws {
        let found = try report(Self.early, Self.builds)
        let order = found.orders[0]
        #expect(order.current == [1, 2, 3, 4, 5] && order.proposed == [1, 3, 2, 4, 5])
        #expect(order.isProvenBest && order.missing.isEmpty)
        // Builds 1 to 9: 21 + … + 29.
        #expect(order.replay.saved == seconds(225) && order.replay.known.count == 9)
        #expect(order.replay.builds.allSatisfy { $0.changed == [2] })
        // By hand: WORKDIR 0.05, COPY 0.95, RUNs 0.05 each; durations 0, 1, 24.5, 5.
        let before = 1 * (1 - 0.95 * 0.05) + 24.5 * (1 - 0.95 * 0.05 * 0.95) + 5 * (1 - 0.95 * 0.05 * 0.95 * 0.95)
        let after = 24.5 * (1 - 0.95 * 0.95) + 1 * (1 - 0.95 * 0.95 * 0.05) + 5 * (1 - 0.95 * 0.95 * 0.05 * 0.95)
        #expect(abs((order.expectedBefore ?? 0) - before) < 1e-9 && abs((order.expectedAfter ?? 0) - after) < 1e-9)
        let finding = try #require(found.findings.first { $0.rule == .stableBelowChanging })
        #expect(finding.lines == 8...10 && finding.saved == seconds(225) && finding.advice.contains("line 5"))
    }

    @Test func `the rewritten file is the same but for the order, comments with their instruction`() throws {
        let rewritten = try #require(try report(Self.early, Self.builds).reordered)
        #expect(
            rewritten == """
                # syntax=docker/dockerfile:1
                FROM debian:12
                WORKDIR /app

                # tools
                RUN apt-get update \\
                 && apt-get install -y curl \\
                 && rm -rf /var/lib/apt/lists/*
                # our sources
                COPY . .
                RUN make
                CMD ["./app"]

                """)
        let before = try Dockerfile(parsing: Self.early).instructions.map(\.text)
        let after = try Dockerfile(parsing: rewritten).instructions.map(\.text)
        #expect(after == [before[0], before[1], before[3], before[2], before[4], before[5]])
    }

    @Test func `a good order stays, and reasons are given`() throws {
        let found = try report("FROM debian:12\nCOPY . /app\nRUN make\n")
        #expect(!found.orders[0].isChange && found.reordered == nil)
        #expect(
            found.orders[0].kept.map(\.reason) == [
                "it may read what COPY of line 2 brings: it runs make, which may read any file"
            ])
        #expect(!found.findings.contains { $0.rule == .stableBelowChanging })
    }

    @Test func `without builds the text alone shows what could move`() throws {
        let found = try report(Self.early)
        #expect(found.orders[0].expectedBefore == nil && !found.orders[0].isChange && !found.orders[0].isProvenBest)
        let finding = try #require(found.findings.first { $0.rule == .stableBelowChanging })
        #expect(finding.lines == 8...10 && finding.saved == nil)
    }

    @Test func `lines that end in carriage returns keep them`() throws {
        let text = Self.early.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        let rewritten = try #require(try report(text, Self.builds).reordered)
        #expect(rewritten.utf8.count { $0 == 13 } == text.utf8.count { $0 == 13 })
        #expect(rewritten.utf8.sorted() == text.utf8.sorted())
    }

    // MARK: Manifests first

    static let node = """
        FROM node:20
        WORKDIR /app
        COPY --chown=1:1 . .
        RUN npm ci --omit=dev
        RUN npm run build

        """

    private static func builds(copy: String = "COPY --chown=1:1 . .") -> [Build] {
        [StepOutcome.miss, .miss, .hit].map { outcome in
            build([
                step("WORKDIR /app", .hit, 0), step(copy, outcome, 1),
                step("RUN npm ci --omit=dev", outcome == .hit ? .hit : .notProbed, 30),
                step("RUN npm run build", outcome == .hit ? .hit : .notProbed, 8),
            ])
        }
    }

    @Test func `manifests are copied first, under a stated assumption`() throws {
        let found = try report(Self.node, Self.builds())
        let rewrite = try #require(found.rewrites.first)
        #expect(found.rewrites.count == 1 && rewrite.manifests == ["package.json", "package-lock.json*"])
        #expect(rewrite.savedAtMost == seconds(30) && rewrite.replayedBuilds == 2)
        #expect(rewrite.assumption.contains("no install script reads other sources"))
        #expect(
            rewrite.rewritten == """
                FROM node:20
                WORKDIR /app
                COPY --chown=1:1 package.json package-lock.json* /app/
                RUN npm ci --omit=dev
                COPY --chown=1:1 . .
                RUN npm run build

                """)
        #expect(found.findings.contains { $0.rule == .manifestsFirst && $0.lines == 4...4 })
    }

    @Test(arguments: [
        ("pip install --no-cache-dir -r requirements/prod.txt", "requirements/prod.txt"),
        ("yarn install", "package.json yarn.lock"),
        ("yarn", "package.json yarn.lock"), ("pnpm install", "package.json pnpm-lock.yaml"),
        ("bundle install", "Gemfile Gemfile.lock*"), ("go mod download", "go.mod go.sum*"),
        ("mvn -B dependency:go-offline", "pom.xml"), ("poetry install --no-root", "pyproject.toml poetry.lock*"),
        ("composer install --no-scripts --no-autoloader", "composer.json composer.lock*"),
    ])
    func `each tool has its files`(command: String, files: String) throws {
        let found = try report("FROM a:1\nWORKDIR /app\nCOPY . .\nRUN \(command)\n")
        #expect(found.rewrites.first?.manifests.joined(separator: " ") == files)
        #expect(found.rewrites.first?.rewritten?.contains("COPY \(files) /app/\nRUN \(command)\nCOPY . .") == true)
        #expect(found.rewrites.first?.savedAtMost == nil)
    }

    @Test(arguments: [
        "RUN npm ci && npm run build", "RUN cargo build --release", "RUN composer install", "RUN cd web && npm ci",
        "RUN make tools\nRUN npm ci",
    ])
    func `what does more is named, and not rewritten`(run: String) throws {
        let found = try report("FROM a:1\nWORKDIR /app\nCOPY . .\n\(run)\n")
        #expect(found.rewrites.count == 1 && found.rewrites.first?.rewritten == nil)
    }

    @Test(arguments: [
        "COPY package*.json ./\nRUN npm ci\nCOPY . .", "COPY package.json .\nCOPY . .\nRUN npm ci",
        "COPY src src\nRUN npm ci",
        "COPY . .\nRUN pip install requests", "COPY . .\nRUN npm install -g yarn", "COPY . .\nRUN pip install -e .",
        "COPY . .\nRUN --mount=type=bind,target=/x npm ci", "COPY --from=build / .\nRUN npm ci",
    ])
    func `where the files are copied first, or nothing is installed from them, there is nothing to say`(lines: String)
        throws
    {
        #expect(try report("FROM a:1\nWORKDIR /app\n\(lines)\n").rewrites.isEmpty)
    }
}
