import DemetraTypes
import DemetraVectors

/// Collects the vectors of one output column, batch by batch, with the parser of its type.
struct ColumnSink: ~Copyable {
    private let column: CSVColumn
    private let index: Int
    private var vectors: [Vector] = []
    private var text: TextColumn?

    /// A sink for output column `index`.
    init(_ column: CSVColumn, index: Int) {
        self.column = column
        self.index = index
        if column.type.isText { text = TextColumn(type: column.type) } else { text = nil }
    }

    /// Parses the fields of one batch.
    mutating func append(_ run: FieldRun, _ parse: inout ColumnParse) {
        switch column.type {
        case .text, .varchar, .unknown: text?.append(run, &parse, column: index)
        default: vectors.append(vector(run, &parse))
        }
    }

    /// Takes back the last batch.
    mutating func removeLast() {
        if column.type.isText { text?.removeLast() } else { vectors.removeLast() }
    }

    /// The vectors in order; the sink is spent.
    mutating func finish() -> [Vector] {
        if let text = text.take() { return text.freeze() }
        return vectors
    }

    private func vector(_ run: FieldRun, _ parse: inout ColumnParse) -> Vector {
        switch column.type {
        case .smallint: int32(Int32Field.smallint, run, &parse)
        case .integer: int32(Int32Field.integer, run, &parse)
        case .bigint: int64(Int64Field(), run, &parse)
        case .real, .double: float64(run, &parse)
        case .numeric(let modifier): numeric(modifier, run, &parse)
        case .date: int32(DateField(order: column.dateOrder), run, &parse)
        case .time: int64(TimeField(), run, &parse)
        case .timestamp:
            int64(TimestampField(order: column.dateOrder, zone: nil), run, &parse)
        case .timestamptz:
            int64(TimestampField(order: column.dateOrder, zone: column.zone), run, &parse)
        case .boolean: boolean(run, &parse)
        case .interval: interval(run, &parse)
        case .json, .jsonb, .bytea, .uuid, .array, .text, .varchar, .system, .unknown:
            parse.converted(column.type, run, column: index)
        }
    }

    private func int32<Parser: FieldParser>(
        _ parser: Parser, _ run: FieldRun, _ parse: inout ColumnParse
    ) -> Vector where Parser.Element == Int32 {
        let (values, mask) = parse.fixed(parser, run, column: index)
        return Vector(type: column.type, count: run.count, validity: mask, storage: .int32(values))
    }

    private func int64<Parser: FieldParser>(
        _ parser: Parser, _ run: FieldRun, _ parse: inout ColumnParse
    ) -> Vector where Parser.Element == Int64 {
        let (values, mask) = parse.fixed(parser, run, column: index)
        return Vector(type: column.type, count: run.count, validity: mask, storage: .int64(values))
    }

    private func float64(_ run: FieldRun, _ parse: inout ColumnParse) -> Vector {
        let parser = DoubleField(isSingle: column.type == .real)
        let (values, mask) = parse.fixed(parser, run, column: index)
        return Vector(
            type: column.type, count: run.count, validity: mask, storage: .float64(values))
    }

    private func boolean(_ run: FieldRun, _ parse: inout ColumnParse) -> Vector {
        let (values, mask) = parse.fixed(BooleanField(), run, column: index)
        return Vector(
            type: column.type, count: run.count, validity: mask, storage: .boolean(values))
    }

    private func interval(_ run: FieldRun, _ parse: inout ColumnParse) -> Vector {
        let (values, mask) = parse.fixed(IntervalField(), run, column: index)
        return Vector(
            type: column.type, count: run.count, validity: mask, storage: .interval(values))
    }

    private func numeric(
        _ modifier: NumericModifier?, _ run: FieldRun, _ parse: inout ColumnParse
    ) -> Vector {
        guard let modifier else {
            let (values, mask) = parse.fixed(DecimalField(), run, column: index)
            return Vector(
                type: column.type, count: run.count, validity: mask, storage: .decimal(values))
        }
        if modifier.precision <= 18 { return int64(NumericInt64Field(modifier), run, &parse) }
        if column.type.isWideNumeric {
            let (values, mask) = parse.fixed(WideNumericField(modifier), run, column: index)
            return Vector(
                type: column.type, count: run.count, validity: mask, storage: .decimal(values))
        }
        let (values, mask) = parse.fixed(NumericInt128Field(modifier), run, column: index)
        return Vector(
            type: column.type, count: run.count, validity: mask, storage: .int128(values))
    }
}
