import Figures
import Testing

@testable import Commands

@Suite struct CacheArgumentTests {
    private func rules(_ arguments: String...) throws -> PruneRules {
        try #require(try CommandLineTool.parse(["cache", "--prune"] + arguments) as? CacheCommand).rules()
    }

    @Test func `rules of a prune are read as the builder reads them`() throws {
        #expect(try rules() == PruneRules())
        #expect(
            try rules(
                "--all", "--prune-filter", "until=1h30m", "--prune-filter", "type=regular", "--keep-storage", "2kB")
                == PruneRules(isAll: true, unusedFor: 5400, type: "regular", keepBytes: 2000))
        #expect(try rules("--prune-filter", "private=true") == PruneRules(isShared: false))
        #expect(
            try rules("--prune-filter", "shared", "--prune-filter", "id=^a") == PruneRules(id: "^a", isShared: true))
    }

    @Test(arguments: [
        ["cache", "--all"], ["cache", "--keep-storage", "1GB"], ["cache", "--prune", "--keep-storage", "much"],
        ["cache", "--prune", "--prune-filter", "until=soon"], ["cache", "--prune", "--prune-filter", "until=1h2"],
        ["cache", "--prune", "--prune-filter", "type="], ["cache", "--prune", "--prune-filter", "color=red"],
        ["cache", "--prune", "--prune-filter", "shared=maybe"], ["cache", "--by", "colour"],
        ["cache", "--prune", "--prune-filter", "shared", "--prune-filter", "private"], ["churn", "--by", "day"],
    ])
    func `wrong rules are refused`(arguments: [String]) {
        let message = #expect(throws: ParserMessage.self) { try CommandLineTool.parse(arguments) }
        #expect(message?.status == 64)
    }
}
