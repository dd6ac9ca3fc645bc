import DemetraTypes
import DemetraVectors

/// A field that is no value of its column's type.
struct FieldFailure {
    /// Record in the run.
    let row: Int
    /// Column of the output.
    let column: Int
    /// What is wrong with it.
    let outcome: FieldOutcome
}

/// What all columns of a chunk share while they are parsed.
///
/// Safe because output buffers are made for the run's count, and fields have padding behind them.
struct ColumnParse: ~Copyable {
    /// Unescaped fields.
    var scratch = FieldScratch()
    /// Fields that are no values, in the order columns were parsed.
    var failures: [FieldFailure] = []
    /// One byte a row of the column at hand, 1 where it holds a value.
    private var valid = BufferBuilder<UInt8>(capacity: Batch.capacity)

    /// Parses a run of at most `Batch.capacity` fields of a fixed-size type.
    mutating func fixed<Parser: FieldParser>(
        _ parser: Parser, _ run: FieldRun, column: Int
    ) -> (Buffer<Parser.Element>, ValidityMask?) {
        let builder = BufferBuilder<Parser.Element>(capacity: run.count)
        let output = builder.pointer
        let valid = valid.pointer
        let asksForNullFirst = run.rules.asksForNullFirst
        var hasNulls = false
        for row in 0..<run.count {
            let (text, count, isProtected) = run.raw(row)
            valid[row] = 1
            if !isProtected, count > 0, !asksForNullFirst,
                parser.parse(text, count, output + row) == .parsed
            {
                continue
            }
            // An empty field without quotes is the usual NULL.
            if count == 0, !isProtected, run.rules.emptyIsNull {
                output[row] = Parser.filler
                valid[row] = 0
                hasNulls = true
            } else if !parseSlowly(parser, run, row, column, output + row) {
                output[row] = Parser.filler
                valid[row] = 0
                hasNulls = true
            }
        }
        let mask = hasNulls ? ValidityMask(validBytes: valid, count: run.count) : nil
        return (builder.freeze(count: run.count), mask)
    }

    /// Parses one field the long way; false where it is NULL or no value.
    @inline(never)
    private mutating func parseSlowly<Parser: FieldParser>(
        _ parser: Parser, _ run: FieldRun, _ row: Int, _ column: Int,
        _ element: UnsafeMutablePointer<Parser.Element>
    ) -> Bool {
        guard let field = run.text(row, &scratch) else { return false }
        var (text, count) = field
        while count > 0, isBlank(text[0]) {
            text += 1
            count -= 1
        }
        while count > 0, isBlank(text[count - 1]) { count -= 1 }
        guard count > 0 else {
            if !run.rules.isLenient { fail(row, column, .malformed) }
            return false
        }
        var outcome = parser.parse(text, count, element)
        if outcome == .malformed, run.rules.isLenient {
            outcome = Self.parseLeniently(parser, text, count, element)
        }
        if outcome != .parsed, !run.rules.isLenient, parser.parseAsLiteral(text, count, element) {
            outcome = .parsed
        }
        if outcome != .parsed { fail(row, column, outcome) }
        return outcome == .parsed
    }

    private static func parseLeniently<Parser: FieldParser>(
        _ parser: Parser, _ text: UnsafePointer<UInt8>, _ count: Int,
        _ element: UnsafeMutablePointer<Parser.Element>
    ) -> FieldOutcome {
        guard Parser.isNumber, count <= 40 else {
            return parser.parseLeniently(text, count, element)
        }
        let outcome = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { room in
            guard let plain = room.baseAddress else { return FieldOutcome.malformed }
            let length = plainAmount(text, count, plain)
            return length > 0 ? parser.parse(plain, length, element) : .malformed
        }
        return outcome == .malformed ? parser.parseLeniently(text, count, element) : outcome
    }

    /// Notes the fields of a run that are NULL, for a column that must have values.
    mutating func requireValues(_ run: FieldRun, column: Int, blankIsNull: Bool) {
        let asksForNullFirst = run.rules.asksForNullFirst || run.rules.isText
        for row in 0..<run.count {
            let (bytes, length, isProtected) = run.raw(row)
            if length > 0, !isProtected, !asksForNullFirst, !isBlank(bytes[0]) { continue }
            guard let (text, count) = run.text(row, &scratch) else {
                fail(row, column, .missing)
                continue
            }
            let isBlankText = (0..<count).allSatisfy { isBlank(text[$0]) }
            if blankIsNull, isBlankText { fail(row, column, .missing) }
        }
    }

    /// Notes a field that is no value.
    mutating func fail(_ row: Int, _ column: Int, _ outcome: FieldOutcome) {
        failures.append(FieldFailure(row: row, column: column, outcome: outcome))
    }
}
