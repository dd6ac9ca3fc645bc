import DemetraTypes
package import DemetraVectors

/// How one feature is read from a column and turned into bin codes.
package struct FeatureDefinition: Sendable, Hashable {
    /// What is read from the column.
    package enum Source: UInt8, Sendable {
        /// The value itself, as a number.
        case number
        /// The value itself, as a name.
        case category
        /// Month 1...12 of a point in time.
        case month
        /// Day of the week, 0 for Sunday.
        case weekday
        /// Hour of the day.
        case hour
        /// Days since 1970.
        case day
    }

    /// The feature's name: the column's, with the part of the date.
    package let name: String
    /// The column it is read from.
    package let column: String
    /// What is read.
    package let source: Source
    /// Ascending borders between the bins of a number; bin i ends at border i, inclusive.
    package let borders: [Double]
    /// Names of a category; code i + 1 is the name i.
    package let names: [String]

    /// Makes a definition.
    package init(
        name: String, column: String, source: Source, borders: [Double] = [], names: [String] = []
    ) {
        self.name = name
        self.column = column
        self.source = source
        self.borders = borders
        self.names = names
    }

    /// How trees split it.
    package var kind: CodeMatrix.Kind { source == .category ? .category : .ordered }

    /// The number of codes, missing included.
    package var codeCount: Int { 1 + (source == .category ? names.count : borders.count + 1) }

    /// The most codes besides the one for missing.
    package static let codeLimit = 255

    /// A number by quantiles: at most `limit` bins.
    package static func number(
        name: String, column: String, source: Source, values: [Double], limit: Int
    ) -> FeatureDefinition {
        let sorted = values.filter { !$0.isNaN }.sorted()
        var distinct: [Double] = []
        for value in sorted where value != distinct.last { distinct.append(value) }
        var borders: [Double] = []
        if distinct.count <= limit {
            borders = zip(distinct, distinct.dropFirst()).map { $0 + ($1 - $0) / 2 }
        } else {
            for bin in 1..<limit {
                let border = OrderStatistics.quantile(sorted: sorted, Double(bin) / Double(limit))
                if border != borders.last, border < sorted[sorted.count - 1] {
                    borders.append(border)
                }
            }
        }
        return FeatureDefinition(name: name, column: column, source: source, borders: borders)
    }

    /// A category by its most frequent names; only some rows count.
    package static func category(
        name: String, column: String, values: CodedNames, rows: [Int]
    ) -> FeatureDefinition {
        var counts = [Int](repeating: 0, count: values.names.count)
        for row in rows where values.codes[row] >= 0 { counts[Int(values.codes[row])] += 1 }
        let ranked = counts.indices.filter { counts[$0] > 0 }.sorted {
            counts[$0] != counts[$1]
                ? counts[$0] > counts[$1] : values.names[$0] < values.names[$1]
        }
        let names = ranked.prefix(codeLimit).map { values.names[$0] }.sorted()
        return FeatureDefinition(name: name, column: column, source: .category, names: names)
    }

    /// What a numeric source reads from each row; NaN where it is missing.
    package static func numbers(_ vectors: [Vector], _ source: Source) -> [Double] {
        var numbers: [Double] = []
        for vector in vectors { append(vector, source, to: &numbers) }
        return numbers
    }

    /// Appends what a numeric source reads from each row of a vector.
    static func append(_ vector: Vector, _ source: Source, to numbers: inout [Double]) {
        if source == .number { return NumberReader.append(vector, to: &numbers) }
        for row in 0..<vector.count {
            guard let instant = TimeReader.instant(vector, row) else {
                numbers.append(.nan)
                continue
            }
            numbers.append(part(source, of: instant))
        }
    }

    private static func part(_ source: Source, of instant: Int64) -> Double {
        let day = Int(Civil.floorDivide(instant, Civil.microsecondsPerDay))
        switch source {
        case .month: return Double(Civil.date(days: day).month)
        case .weekday: return Double(Civil.dayOfWeek(days: day))
        case .hour:
            let rest = instant - Int64(day) * Civil.microsecondsPerDay
            return Double(rest / Civil.microsecondsPerHour)
        default: return Double(day)
        }
    }
}
