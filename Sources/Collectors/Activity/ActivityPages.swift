import ImageModel

/// Walks pages to their end, and never in a circle: a page that brings nothing new is a list's last or a mistake.
struct ActivityPages {
    /// Rows met so far, by what tells them apart.
    private var seen: Set<String> = []
    private var number = 0

    /// Takes the keys of a page's rows; returns whether any is new. The first page may be empty.
    mutating func bringsNews(_ keys: some Sequence<String>) -> Bool {
        number += 1
        let before = seen.count
        for key in keys { seen.insert(key) }
        return seen.count > before
    }

    /// How many rows there were.
    var count: Int { seen.count }
    /// The page that was taken last, from 1.
    var page: Int { number }
}
