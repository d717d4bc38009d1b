import Figures
import Foundation
import Reporting

/// Prints listings, and says on standard error what the figures do not rest on.
struct Output {
    let format: ListingFormat
    let options: ListingOptions
    /// Whether the output itself tells what is missing.
    private let carriesCoverage: Bool

    /// Throws when the format is none; so it is made before any work is done. `showsAll` is for what must not be cut
    /// short: messages and what to do.
    init(_ arguments: ListingArguments, showsAll: Bool = false) throws {
        format = arguments.quiet ? .quiet : try ListingFormat(arguments.format)
        options = ListingOptions(units: arguments.units, noTrunc: arguments.noTruncation || showsAll)
        carriesCoverage = Self.isJSON(format)
    }

    /// For commands with a format alone.
    init(format: String, options: ListingOptions) throws {
        self.format = try ListingFormat(format)
        self.options = options
        carriesCoverage = Self.isJSON(self.format)
    }

    private static func isJSON(_ format: ListingFormat) -> Bool {
        if case .json = format { true } else { false }
    }

    /// Writes a listing to standard output.
    func print(_ listing: Listing) throws {
        var pending = ""
        try listing.write(format, options: options) { piece in
            pending += piece
            if pending.utf8.count > 64 << 10 {
                try StandardOutput.write(pending)
                pending = ""
            }
        }
        try StandardOutput.write(pending)
    }

    /// Writes a listing, warns of what is missing, and ends with status 2 if something is.
    func finish(_ listing: Listing) throws {
        try print(listing)
        if listing.coverage.sources.isEmpty {
            StandardError.line(
                "no source that was collected is meant: `layerscope sources` lists them, `layerscope collect --help` adds one"
            )
        }
        try Self.demandComplete(listing.coverage, isToldAlready: carriesCoverage)
    }

    /// Warns of every source that was not seen to its end; throws ``CommandFailure`` with status 2 if there is one.
    static func demandComplete(_ coverage: Coverage, isToldAlready: Bool = false) throws {
        guard !coverage.isComplete else { return }
        if !isToldAlready {
            for source in coverage.sources where !source.isComplete {
                let missing = source.aspects.filter(\.isMissing).map { "\($0.name) \($0.outcome)" }
                StandardError.warn(
                    "\(source.name) is incomplete: "
                        + (missing.isEmpty ? "never collected" : missing.joined(separator: ", ")))
            }
        }
        throw CommandFailure(.incomplete)
    }
}
