import DemetraTypes

/// The rule for values of a later row that the type found in a sample does not hold.
///
/// A column widens inside its family only: integers to bigint, to double precision; a date to a
/// timestamp. A value that is no number at all never makes a column of numbers text: its row is set
/// aside, because one broken row must not spoil a column.
///
/// Safe because the text is copied with 8 bytes behind it.
enum ColumnWidening {
    /// The narrowest wider type that holds the text; nil when none does.
    static func type(for text: String, in column: CSVColumn) -> LogicalType? {
        let bytes = Array(text.utf8) + [0, 0, 0, 0, 0, 0, 0, 0]
        let count = bytes.count - 8
        guard count > 0 else { return nil }
        return bytes.withUnsafeBufferPointer { buffer -> LogicalType? in
            guard let base = buffer.baseAddress else { return nil }
            switch column.type {
            case .smallint, .integer, .bigint:
                var (whole, number): (Int64, Double) = (0, 0)
                if column.type != .bigint, Int64Field().parse(base, count, &whole) == .parsed {
                    return .bigint
                }
                let parser = DoubleField(isSingle: false)
                return parser.parse(base, count, &number) == .parsed ? .double : nil
            case .numeric(.some):
                var number = Decimal.zero
                return DecimalField().parse(base, count, &number) == .parsed ? .double : nil
            case .date:
                var time: Int64 = 0
                let parser = TimestampField(order: column.dateOrder, zone: nil)
                return parser.parse(base, count, &time) == .parsed ? .timestamp : nil
            default: return nil
            }
        }
    }
}

extension LogicalType {
    /// The wider of two types a column could widen to.
    func union(_ other: LogicalType?) -> LogicalType {
        other == .double || other == .timestamp ? other ?? self : self
    }
}
