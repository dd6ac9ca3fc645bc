import DemetraTypes

/// The usable rows of a relation for one metric, and what was left out.
struct MetricRows: Sendable {
    /// More blocks of days than this are joined: resampling blocks is as good, and bounded.
    static let maximumBlocks = 4_096

    /// Rows that count, in their order.
    let rows: [Int32]
    private let groups: [Int]
    private let groupCount: Int
    private let tops: [Double]
    private let bottoms: [Double]
    private let spends: [Double]
    /// The place of each row's day among all days; -1 for rows that do not count.
    private let places: [Int32]
    /// The number of days.
    let dayCount: Int
    /// True when there is no column of time, so that each row counts as a day of its own.
    let isTimeless: Bool

    /// Reads rows. `days` has a day per row, or is nil without a column of time; rows for which
    /// `isWanted` is false are left out silently.
    ///
    /// - Throws: 57014 when cancelled.
    init(
        _ relation: RelationColumns, _ columns: MetricColumns, groups: RowGroups, days: [Int64?]?,
        notices: MetricNotices, cancellation: CancellationFlag,
        isWanted: (Int64) -> Bool = { _ in true }
    ) throws(DemetraError) {
        let tops = relation.numbers(columns.top)
        try cancellation.check()
        let bottoms = columns.bottom.map { relation.numbers($0) } ?? []
        let spends =
            columns.spend.map { relation.numbers($0).map { $0.isNaN ? 0 : $0 } } ?? []
        try cancellation.check()
        let allowsNegative = columns.metric.top == .revenue
        var kept: [Int32] = []
        var left = MetricNotices.LeftOut()
        for row in 0..<relation.rowCount {
            if let days {
                guard let day = days[row] else {
                    left.timeless += 1
                    continue
                }
                guard isWanted(day) else { continue }
            }
            let bottom = bottoms.isEmpty ? 1 : bottoms[row]
            if tops[row].isNaN || bottom.isNaN {
                left.unknown += 1
            } else if bottom < 0 || (tops[row] < 0 && !allowsNegative)
                || (!spends.isEmpty && spends[row] < 0)
            {
                left.negative += 1
            } else {
                kept.append(Int32(row))
            }
            if row % 65_536 == 0 { try cancellation.check() }
        }
        notices.tell(left, relation, columns, rowCount: relation.rowCount)
        rows = kept
        self.groups = groups.groups
        groupCount = groups.count
        self.tops = tops
        self.bottoms = bottoms
        self.spends = spends
        isTimeless = days == nil
        if let days {
            (places, dayCount) = Self.places(days, kept)
        } else {
            places = try Self.contentPlaces(
                kept, groups.groups, tops, bottoms, spends, cancellation)
            dayCount = kept.count
        }
    }

    private static func places(_ days: [Int64?], _ rows: [Int32]) -> ([Int32], Int) {
        var known: Set<Int64> = []
        var last: Int64?
        for row in rows where days[Int(row)] != last {
            last = days[Int(row)]
            if let last { known.insert(last) }
        }
        let order = known.sorted()
        var numbers: [Int64: Int32] = [:]
        for (place, day) in order.enumerated() { numbers[day] = Int32(place) }
        var places = [Int32](repeating: -1, count: days.count)
        var (lastDay, lastPlace): (Int64?, Int32) = (nil, -1)
        for row in rows {
            let day = days[Int(row)]
            if day != lastDay {
                lastDay = day
                lastPlace = day.flatMap { numbers[$0] } ?? -1
            }
            places[Int(row)] = lastPlace
        }
        return (places, order.count)
    }

    /// Rows without days, in an order that depends on what they hold alone.
    private static func contentPlaces(
        _ rows: [Int32], _ groups: [Int], _ tops: [Double], _ bottoms: [Double],
        _ spends: [Double], _ cancellation: CancellationFlag
    ) throws(DemetraError) -> [Int32] {
        var places = [Int32](repeating: -1, count: groups.count)
        var lists: [Int: [Int32]] = [:]
        for row in rows { lists[groups[Int(row)], default: []].append(row) }
        var next: Int32 = 0
        for group in lists.keys.sorted() {
            try cancellation.check()
            let sorted = (lists[group] ?? []).sorted { left, right in
                let (a, b) = (Int(left), Int(right))
                if tops[a] != tops[b] { return tops[a] < tops[b] }
                if !bottoms.isEmpty, bottoms[a] != bottoms[b] { return bottoms[a] < bottoms[b] }
                return !spends.isEmpty && spends[a] < spends[b]
            }
            for row in sorted {
                places[Int(row)] = next
                next += 1
            }
        }
        return places
    }

    /// How many blocks the days are put in.
    var blockCount: Int { min(dayCount, Self.maximumBlocks) }

    private func block(_ place: Int32) -> Int32 {
        guard dayCount > Self.maximumBlocks else { return place }
        // Days keep their neighbours; rows, which are in order of content, must be mixed.
        let scaled =
            isTimeless
            ? Int(SeededGenerator.scrambled(UInt64(place)) % UInt64(Self.maximumBlocks))
            : Int(place) * Self.maximumBlocks / dayCount
        return Int32(scaled)
    }

    /// The sums of each group, the same for any order of rows.
    ///
    /// - Throws: 57014 when cancelled.
    func sums(_ cancellation: CancellationFlag) throws(DemetraError) -> [DaySums] {
        let ordered = Self.ordered(
            Self.ordered(rows, by: { places[Int($0)] }, count: dayCount),
            by: { Int32(groups[Int($0)]) }, count: groupCount)
        var sums = [DaySums](repeating: DaySums(), count: groupCount)
        var start = 0
        while start < ordered.count {
            let first = Int(ordered[start])
            var end = start + 1
            while end < ordered.count, places[Int(ordered[end])] == places[first],
                groups[Int(ordered[end])] == groups[first]
            { end += 1 }
            if start % 1_024 < end - start { try cancellation.check() }
            let members = ordered[start..<end]
            let cell = DaySums.Cell(
                day: block(places[first]), top: Self.sum(members, tops),
                bottom: bottoms.isEmpty ? Double(members.count) : Self.sum(members, bottoms))
            let group = groups[first]
            if !spends.isEmpty { sums[group].spend += Self.sum(members, spends) }
            sums[group].count += 1
            sums[group].cells.append(cell)
            start = end
        }
        guard dayCount > Self.maximumBlocks else { return sums }
        return sums.map(Self.joined)
    }

    /// Cells of one block become one.
    private static func joined(_ sums: DaySums) -> DaySums {
        var joined = sums
        joined.cells = []
        let order = sums.cells.indices.sorted {
            let (a, b) = (sums.cells[$0].day, sums.cells[$1].day)
            return a != b ? a < b : $0 < $1
        }
        for index in order {
            let cell = sums.cells[index]
            if let last = joined.cells.indices.last, joined.cells[last].day == cell.day {
                joined.cells[last].top += cell.top
                joined.cells[last].bottom += cell.bottom
            } else {
                joined.cells.append(cell)
            }
        }
        return joined
    }

    /// A stable sort by small keys.
    private static func ordered(
        _ rows: [Int32], by key: (Int32) -> Int32, count: Int
    ) -> [Int32] {
        var starts = [Int](repeating: 0, count: count + 1)
        for row in rows { starts[Int(key(row)) + 1] += 1 }
        for index in 0..<count { starts[index + 1] += starts[index] }
        var ordered = [Int32](repeating: 0, count: rows.count)
        for row in rows {
            let place = Int(key(row))
            ordered[starts[place]] = row
            starts[place] += 1
        }
        return ordered
    }

    /// The sum of numbers in ascending order, so that it does not depend on how they came.
    private static func sum(_ rows: ArraySlice<Int32>, _ numbers: [Double]) -> Double {
        if rows.count == 1 { return rows.first.map { numbers[Int($0)] } ?? 0 }
        let sum = rows.map { numbers[Int($0)] }.sorted().reduce(0, +)
        // Sums beyond all numbers stay finite, so that no ratio becomes NaN silently.
        return sum.isFinite ? sum : Double.greatestFiniteMagnitude.squareRoot() * (sum > 0 ? 1 : -1)
    }
}
