import DemetraFormats
import DemetraTypes
import DemetraVectors

/// Records of fields: how they are cut, and the values of each type.
///
/// The first byte chooses how the text is read; where chunks end never changes what is read.
enum DelimitedFuzzing {
    private static let types: [LogicalType] = [
        .text, .bigint, .double, .numeric(NumericModifier(precision: 12, scale: 2)), .date,
        .timestamp, .timestamptz, .boolean, .integer, .smallint, .real, .numeric(nil), .time,
        .interval, .uuid, .jsonb, .json, .bytea, .varchar(limit: 4), .array(.integer),
        .array(.text),
        .numeric(NumericModifier(precision: 38, scale: 10)),
    ]

    static func run(_ bytes: [UInt8], _ syntax: CSVDialect.Syntax) throws(FuzzFinding) {
        guard let choice = bytes.first else { return }
        let text = DelimitedText(Array(bytes.dropFirst()))
        let dialect = dialect(choice, syntax)
        if choice & 1 == 0, syntax == .csv { try infer(text, dialect) }
        let first = Int(choice >> 3) % types.count
        let count = 1 + Int(choice & 3)
        let columns = (0..<count).map { index in
            CSVColumn(
                name: "c\(index)", type: types[(first + index * 5) % types.count],
                fieldIndex: index)
        }
        let policy: CSVErrorPolicy = choice & 4 == 0 ? .strict(table: "t") : .tolerant
        try compare(text, columns, dialect, policy)
    }

    private static func dialect(_ choice: UInt8, _ syntax: CSVDialect.Syntax) -> CSVDialect {
        guard syntax == .csv else { return .copyText }
        var dialect = CSVDialect.csv
        if choice & 0x30 == 0x10 { dialect.escape = UInt8(ascii: "\\") }
        if choice & 0x30 == 0x20 { dialect.delimiter = UInt8(ascii: ";") }
        return dialect
    }

    /// Reads the text as a whole and in small chunks.
    private static func compare(
        _ text: DelimitedText, _ columns: [CSVColumn], _ dialect: CSVDialect,
        _ policy: CSVErrorPolicy
    ) throws(FuzzFinding) {
        let whole = try refusable { () throws(DemetraError) in
            try text.batches(columns, dialect, policy)
        }
        let small = try refusable { () throws(DemetraError) in
            try text.batches(columns, dialect, policy, chunkByteCount: 16)
        }
        // By text, as NaN is not equal to itself.
        try law("\(whole as Any)" == "\(small as Any)", "chunks: \(whole as Any) \(small as Any)")
    }

    /// Finds out columns, and reads the text by them.
    private static func infer(
        _ text: DelimitedText, _ dialect: CSVDialect
    ) throws(FuzzFinding) {
        let inference = try refusable { () throws(DemetraError) in
            try TypeInference.infer(sample: text.span, isWhole: true)
        }
        guard let inference else { return }
        let reading = try refusable { () throws(DemetraError) in
            try text.batches(inference.columns, inference.dialect, .tolerant)
        }
        guard let reading else { return }
        try law(
            reading.rows.count + reading.rejected.count >= inference.sampledCount,
            "\(inference.sampledCount) records were seen, \(reading.rows.count) read")
    }
}
