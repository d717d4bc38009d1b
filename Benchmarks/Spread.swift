/// What several measurements of the same thing gave.
struct Spread {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var median: Double {
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// Whether the values lie so far apart that the median says little: something else was at work.
    var isVoid: Bool {
        guard let least = sorted.first, let most = sorted.last, least > 0 else { return true }
        return most / least > 1.5
    }

    /// The median, and the least and the most.
    func text(places: Int, unit: String = "") -> String {
        guard let least = sorted.first, let most = sorted.last else { return "not measured" }
        let range = " (" + decimal(least, places: places) + "–" + decimal(most, places: places) + ")"
        return decimal(median, places: places) + unit + (sorted.count > 1 ? range : "")
            + (isVoid && sorted.count > 1 ? ", void: too far apart" : "")
    }
}

/// Prints several measurements of one thing.
func line(_ text: String, _ spread: Spread, places: Int, unit: String = "") {
    line(text, spread.text(places: places, unit: unit))
}
