import Figures

extension Footprint {
    /// Finds for each object whether one live item owns it or several, and numbers the shared ones.
    mutating func placeObjects() {
        var places = [UInt32](repeating: Footprint.nowhere, count: graph.objectCount)
        var elements: UInt32 = 0
        do {
            var places = places.mutableSpan
            let offsets = graph.ownOffsets.span
            let objects = graph.ownObjects.span
            let live = isLive.span
            for item in 0..<live.count where live[item] {
                for position in Int(offsets[item])..<Int(offsets[item + 1]) {
                    let object = Int(objects[position])
                    let place = places[object]
                    if place == Footprint.nowhere {
                        places[object] = UInt32(truncatingIfNeeded: item)
                    } else if place & Footprint.sharedBit == 0, place != UInt32(truncatingIfNeeded: item) {
                        places[object] = Footprint.sharedBit | elements
                        elements += 1
                    }
                }
            }
        }
        placeOfObject = places
        elementBytes = [Int64](repeating: 0, count: Int(elements))
        elementUnknown = [UInt32](repeating: 0, count: Int(elements))
        elementImages = [UInt32](repeating: 0, count: Int(elements))
    }

    /// Sums each live item's own objects, and lists those it shares with other items.
    mutating func divideObjects() {
        var parts = [ItemPart](repeating: ItemPart(), count: graph.itemCount)
        var shared: [UInt32] = []
        shared.reserveCapacity(graph.ownObjects.count / 2)
        var rows = [SharedObject](repeating: SharedObject(), count: elementBytes.count)
        var own: [UInt32] = []
        var stored = [Int64](repeating: 0, count: graph.sourceKeys.count)
        var unknown = stored
        do {
            let offsets = graph.ownOffsets.span
            let objects = graph.ownObjects.span
            let bytesOfObject = graph.objectBytes.span
            let kinds = graph.itemKinds.span
            let live = isLive.span
            let places = placeOfObject.span
            var rows = rows.mutableSpan
            for item in 0..<live.count where live[item] {
                let mark = UInt32(truncatingIfNeeded: item)
                var part = ItemPart()
                part.isImage = kinds[item] == .image
                var firstHere: (bytes: Int64, unknown: UInt32) = (0, 0)
                part.sharedStart = UInt32(truncatingIfNeeded: shared.count)
                own.removeAll(keepingCapacity: true)
                for position in Int(offsets[item])..<Int(offsets[item + 1]) {
                    let place = places[Int(objects[position])]
                    guard place & Footprint.sharedBit != 0 else {
                        own.append(objects[position])
                        continue
                    }
                    let element = Int(place & ~Footprint.sharedBit)
                    guard rows[element].seenBy != mark else { continue }
                    if rows[element].seenBy == Footprint.nowhere {
                        let bytes = bytesOfObject[Int(objects[position])]
                        rows[element].bytes = bytes
                        firstHere.bytes += max(0, bytes)
                        firstHere.unknown += bytes < 0 ? 1 : 0
                    }
                    rows[element].seenBy = mark
                    rows[element].images += part.isImage ? 1 : 0
                    part.apparentBytes += max(0, rows[element].bytes)
                    shared.append(UInt32(truncatingIfNeeded: element))
                }
                part.sharedEnd = UInt32(truncatingIfNeeded: shared.count)
                addBundle(of: &own, bytesOfObject, to: &part)
                parts[item] = part
                let source = Int(graph.itemSources[item])
                stored[source] += part.bundleBytes + firstHere.bytes
                unknown[source] += Int64(part.bundleUnknown + firstHere.unknown)
            }
        }
        storedBytes = stored
        unknownObjects = unknown
        items = parts
        sharedElements = shared
        for element in rows.indices {
            elementBytes[element] = max(0, rows[element].bytes)
            elementUnknown[element] = rows[element].bytes < 0 ? 1 : 0
            elementImages[element] = rows[element].images
        }
    }

    private struct SharedObject {
        /// -1 when not known.
        var bytes: Int64 = 0
        /// The item that listed it last.
        var seenBy = Footprint.nowhere
        var images: UInt32 = 0
    }

    /// Adds objects that no other item owns; one listed twice in the item counts once.
    private func addBundle(of own: inout [UInt32], _ bytesOfObject: Span<Int64>, to part: inout ItemPart) {
        if own.count > 16 { own.sort() }
        for position in own.indices {
            let object = own[position]
            let isRepeat =
                own.count > 16
                ? position > 0 && own[position - 1] == object : own[..<position].contains(object)
            if isRepeat { continue }
            let bytes = bytesOfObject[Int(object)]
            part.bundleBytes += max(0, bytes)
            if bytes < 0 { part.bundleUnknown += 1 }
        }
        part.apparentBytes += part.bundleBytes
    }
}
