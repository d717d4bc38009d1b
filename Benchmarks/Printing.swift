import Foundation

/// Prints what is measured next.
func heading(_ text: String) { print("\n" + text) }

/// Prints a time in seconds.
func line(_ text: String, _ time: Duration) { line(text, seconds(time) + " s") }

/// Prints a measured value.
func line(_ text: String, _ value: String) {
    print("  " + text + String(repeating: " ", count: max(1, 60 - text.count)) + value)
    // Also when it goes to a file or a pipe: a long run is watched.
    fflush(nil)
}

/// A time with three decimals, in seconds.
func seconds(_ time: Duration) -> String { decimal(time / .seconds(1), places: 3) }

/// A number with a fixed count of decimals.
func decimal(_ value: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard places > 0 else { return String(scaled) }
    let rest = String(scaled % scale)
    return String(scaled / scale) + "." + String(repeating: "0", count: places - rest.count) + rest
}
