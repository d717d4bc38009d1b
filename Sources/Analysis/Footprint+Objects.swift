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
        var seenBy = [UInt32](repeating: Footprint.nowhere, count: elementBytes.count)
        var own: [UInt32] = []
        for item in isLive.indices where isLive[item] {
            let isImage = graph.itemKinds[item] == .image
            var part = ItemPart()
            part.sharedStart = UInt32(shared.count)
            own.removeAll(keepingCapacity: true)
            for object in graph.objects(of: item) {
                let place = placeOfObject[Int(object)]
                guard place & Footprint.sharedBit != 0 else {
                    own.append(object)
                    continue
                }
                let element = Int(place & ~Footprint.sharedBit)
                guard seenBy[element] != UInt32(truncatingIfNeeded: item) else { continue }
                if seenBy[element] == Footprint.nowhere {
                    let bytes = graph.objectBytes[Int(object)]
                    elementBytes[element] = max(0, bytes)
                    elementUnknown[element] = bytes < 0 ? 1 : 0
                }
                seenBy[element] = UInt32(truncatingIfNeeded: item)
                if isImage { elementImages[element] += 1 }
                part.apparentBytes += elementBytes[element]
                shared.append(UInt32(truncatingIfNeeded: element))
            }
            addBundle(of: &own, to: &part)
            part.sharedEnd = UInt32(shared.count)
            parts[item] = part
        }
        items = parts
        sharedElements = shared
    }

    /// Adds objects that no other item owns; one listed twice in the item counts once.
    private func addBundle(of own: inout [UInt32], to part: inout ItemPart) {
        if own.count > 16 { own.sort() }
        for position in own.indices {
            let object = own[position]
            let isRepeat =
                own.count > 16
                ? position > 0 && own[position - 1] == object : own[..<position].contains(object)
            if isRepeat { continue }
            let bytes = graph.objectBytes[Int(object)]
            part.bundleBytes += max(0, bytes)
            if bytes < 0 { part.bundleUnknown += 1 }
        }
        part.apparentBytes += part.bundleBytes
    }
}
