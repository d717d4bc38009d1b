import Figures
import Testing

@Suite struct `A table` {
    private let table = Table(
        name: "usage", columns: [Table.Column("owner", .text), Table.Column("stored_bytes", .bytes)],
        rows: [[.text("a"), .integer(3)], [.text("b"), .null]])

    @Test func `finds a value by its column`() {
        #expect(table.value(0, "stored_bytes") == .integer(3))
        #expect(table.position(of: "stored_bytes") == 1)
    }

    @Test func `what is not there or not known is null and no number`() {
        #expect(table.value(0, "images") == .null)
        #expect(table.position(of: "images") == nil)
        #expect(table.value(1, "stored_bytes").integer == nil)
        #expect(table.value(1, "stored_bytes") != .integer(0))
    }

    @Test func `a value is text or a number, never both`() {
        #expect(Value.text("7").integer == nil)
        #expect(Value.integer(7).text == nil)
        #expect(Value.text("7").text == "7")
    }
}
