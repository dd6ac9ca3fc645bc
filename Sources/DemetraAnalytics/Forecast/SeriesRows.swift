import DemetraTypes
import DemetraVectors

/// Rows of a relation grouped into series.
struct SeriesRows: Sendable {
    /// One series as its rows give it.
    struct Series: Sendable {
        /// The values of the series columns.
        var key: [Value]
        /// The key as text, for messages: `TikTok, ES`.
        var name: String
        /// Rows of the series, usable or not.
        var rowCount: Int
        /// Microseconds since 1970, ascending.
        var instants: [Int64]
        /// The value, or the numerator, of each row.
        var values: [Double]
        /// The denominator of each row; empty when there is none.
        var denominators: [Double]
        /// Rows without a usable time or value.
        var unusableCount: Int
        /// Rows left out for a negative value where there can be none.
        var negativeCount: Int
    }

    /// Which columns hold what.
    struct Columns: Sendable {
        /// The columns that name a series.
        var series: [Int]
        /// The time.
        var time: Int
        /// The value, or the numerator.
        var value: Int
        /// The denominator.
        var denominator: Int?
        /// True when negative values are mistakes.
        var leavesOutNegatives: Bool
    }

    /// The series, in the order of their keys.
    let series: [Series]

    /// Reads and groups rows.
    ///
    /// - Throws: 57014 when cancelled.
    init(
        _ relation: RelationColumns, _ columns: Columns, cancellation: CancellationFlag
    ) throws(DemetraError) {
        var instants: [Int64?] = []
        var values: [Double] = []
        var bottoms: [Double] = []
        for batch in relation.batches {
            try cancellation.check()
            let times = batch.vectors[columns.time]
            for row in 0..<batch.count { instants.append(TimeReader.instant(times, row)) }
            NumberReader.append(batch.vectors[columns.value], to: &values)
            if let denominator = columns.denominator {
                NumberReader.append(batch.vectors[denominator], to: &bottoms)
            }
        }
        try cancellation.check()
        let denominators = columns.denominator == nil ? nil : bottoms
        let (codes, firstRows) = Self.groups(relation, columns.series)
        var rows = [[Int32]](repeating: [], count: firstRows.count)
        for row in codes.indices { rows[codes[row]].append(Int32(row)) }
        let keys = Self.keys(relation, columns.series, firstRows)
        let order = keys.indices.sorted { Self.isBefore(keys[$0], keys[$1], $0, $1) }
        var found: [Series] = []
        for group in order {
            try cancellation.check()
            found.append(
                Self.series(
                    keys[group], rows[group], instants, values, denominators,
                    leavesOutNegatives: columns.leavesOutNegatives))
        }
        series = found
    }

    /// A group per row, numbered by first appearance, and the first row of each group.
    private static func groups(
        _ relation: RelationColumns, _ columns: [Int]
    ) -> (codes: [Int], firstRows: [Int]) {
        var codes = [Int](repeating: 0, count: relation.rowCount)
        var firstRows = relation.rowCount > 0 ? [0] : []
        for column in columns {
            let names = relation.names(column).codes
            var known: [Int: Int] = [:]
            var (lastPair, lastGroup) = (-1, -1)
            firstRows = []
            for row in codes.indices {
                let pair = codes[row] << 32 | Int(names[row] + 1)
                if pair != lastPair {
                    lastPair = pair
                    if let group = known[pair] {
                        lastGroup = group
                    } else {
                        lastGroup = firstRows.count
                        known[pair] = lastGroup
                        firstRows.append(row)
                    }
                }
                codes[row] = lastGroup
            }
        }
        return (codes, firstRows)
    }

    private static func keys(
        _ relation: RelationColumns, _ columns: [Int], _ rows: [Int]
    ) -> [[Value]] {
        var keys: [[Value]] = []
        var (batch, start) = (0, 0)
        // First rows ascend, so one walk over the batches finds them all.
        for row in rows {
            while row >= start + relation.batches[batch].count {
                start += relation.batches[batch].count
                batch += 1
            }
            keys.append(
                columns.map { relation.batches[batch].vectors[$0].value(at: row - start) })
        }
        return keys
    }

    /// The order of keys: by number or text, column by column, NULL last.
    private static func isBefore(_ left: [Value], _ right: [Value], _ a: Int, _ b: Int) -> Bool {
        for (one, other) in zip(left, right) where one != other {
            if one.isNull || other.isNull { return other.isNull && !one.isNull }
            if case .text(let first) = one, case .text(let second) = other {
                if first != second { return first < second }
                continue
            }
            let (first, second) = (NumberReader.number(one), NumberReader.number(other))
            if first < second || first > second { return first < second }
            let (firstText, secondText) = (text(one), text(other))
            if firstText != secondText { return firstText < secondText }
        }
        return a < b
    }

    private static func series(
        _ key: [Value], _ rows: [Int32], _ instants: [Int64?], _ values: [Double],
        _ denominators: [Double]?, leavesOutNegatives: Bool
    ) -> Series {
        var points: [(instant: Int64, value: Double, denominator: Double)] = []
        points.reserveCapacity(rows.count)
        var negatives = 0
        for row in rows {
            let index = Int(row)
            let denominator = denominators?[index] ?? 0
            guard let instant = instants[index], !values[index].isNaN, !denominator.isNaN else {
                continue
            }
            if leavesOutNegatives, values[index] < 0 {
                negatives += 1
                continue
            }
            points.append((instant, values[index], denominator))
        }
        let isSorted = zip(points, points.dropFirst()).allSatisfy { $0.instant < $1.instant }
        if !isSorted {
            points.sort {
                if $0.instant != $1.instant { return $0.instant < $1.instant }
                if $0.value != $1.value { return $0.value < $1.value }
                return $0.denominator < $1.denominator
            }
        }
        return Series(
            key: key, name: key.map(text).joined(separator: ", "), rowCount: rows.count,
            instants: points.map(\.instant), values: points.map(\.value),
            denominators: denominators == nil ? [] : points.map(\.denominator),
            unusableCount: rows.count - points.count - negatives, negativeCount: negatives)
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "NULL"
        case .text(let text): text
        case .integer(let number): String(number)
        case .double(let number): FloatText.text(number)
        case .numeric(let number): number.description
        case .boolean(let flag): flag ? "true" : "false"
        default: "\(value)"
        }
    }
}
