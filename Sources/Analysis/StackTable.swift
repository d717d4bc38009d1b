/// A hash table from 64-bit keys to 32-bit numbers, with open addressing: a dictionary of millions of layer stacks takes
/// several times as long and as much memory.
struct StackTable {
    private var keys: [UInt64]
    /// 0 where there is no entry, else the number and 1.
    private var numbers: [UInt32]
    private var count = 0
    private var shift: UInt64

    /// - Parameter bits: the table begins with 2 to the power of this many places.
    init(bits: UInt64 = 10) {
        keys = [UInt64](repeating: 0, count: 1 << bits)
        numbers = [UInt32](repeating: 0, count: 1 << bits)
        shift = 64 - bits
    }

    /// The number of a key: the one it has, or `next`, which it then keeps.
    mutating func number(of key: UInt64, orInsert next: UInt32) -> UInt32 {
        if count * 2 >= keys.count { grow() }
        let place = place(of: key)
        if numbers[place] != 0 { return numbers[place] - 1 }
        keys[place] = key
        numbers[place] = next + 1
        count += 1
        return next
    }

    /// Where a key is, or would be.
    private func place(of key: UInt64) -> Int {
        let mask = keys.count - 1
        // Fibonacci hashing: the golden ratio spreads keys that follow each other over the whole table.
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while numbers[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        var larger = StackTable(bits: 64 - shift + 1)
        for place in keys.indices where numbers[place] != 0 {
            let free = larger.place(of: keys[place])
            larger.keys[free] = keys[place]
            larger.numbers[free] = numbers[place]
        }
        larger.count = count
        self = larger
    }
}
