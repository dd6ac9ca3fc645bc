/// The rows of a relation by channel and slot of the week.
struct SlotGroups: Sendable {
    /// The group of each row; rows without a time are in any.
    let groups: RowGroups
    /// The slot of each group.
    let slots: [Int]
    /// The groups of each channel, by ascending slot.
    let channels: [Range<Int>]

    /// Groups rows by the local `times` in microseconds.
    init(_ times: [Int64?], _ byChannel: RowGroups, _ week: WeekSlots) {
        let width = week.count
        let keys = times.indices.map { row in
            times[row].map { byChannel.groups[row] * width + week.slot($0) }
        }
        var first = [Int](repeating: -1, count: byChannel.count * width)
        for (row, key) in keys.enumerated() {
            if let key, first[key] < 0 { first[key] = row }
        }
        let used = first.indices.filter { first[$0] >= 0 }
        var places = [Int](repeating: 0, count: first.count)
        for (place, key) in used.enumerated() { places[key] = place }
        groups = RowGroups(
            groups: keys.map { $0.map { places[$0] } ?? 0 },
            representatives: used.map { first[$0] })
        slots = used.map { $0 % width }
        var ranges: [Range<Int>] = []
        var start = 0
        for channel in 0..<byChannel.count {
            var end = start
            while end < used.count, used[end] / width == channel { end += 1 }
            ranges.append(start..<end)
            start = end
        }
        channels = ranges
    }
}
