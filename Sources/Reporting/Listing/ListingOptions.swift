package import Foundation

/// How the values of a listing are shown to people. JSON and CSV carry raw values whatever is chosen here.
package struct ListingOptions: Sendable {
    package var units: ByteUnits
    /// Whole digests instead of twelve digits, and whole texts instead of their beginning.
    package var noTrunc: Bool
    /// What `CREATED` counts back from.
    package var now: Date
    /// Whether a table ends with the line of its totals, when it has totals.
    package var showsTotals: Bool
    /// Texts longer than this end in an ellipsis in tables, unless ``noTrunc``.
    package var textLimit: Int

    package init(
        units: ByteUnits = .si, noTrunc: Bool = false, now: Date = Date(), showsTotals: Bool = true,
        textLimit: Int = 45
    ) {
        self.units = units
        self.noTrunc = noTrunc
        self.now = now
        self.showsTotals = showsTotals
        self.textLimit = textLimit
    }
}
