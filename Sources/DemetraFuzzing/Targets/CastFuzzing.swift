import DemetraFormats
import DemetraTypes
import DemetraVectors

/// Texts as values of types: `text(parse(text(x))) = text(x)`, a vector gives back what it was given, and COPY
/// reads what a cast reads.
enum CastFuzzing {
    static let numbers: [LogicalType] = [
        .smallint, .integer, .bigint, .real, .double, .boolean, .numeric(nil),
        .numeric(NumericModifier(precision: 12, scale: 2)),
        .numeric(NumericModifier(precision: 38, scale: 10)),
    ]
    static let times: [LogicalType] = [.date, .time, .timestamp, .timestamptz, .interval]
    static let others: [LogicalType] = [
        .uuid, .bytea, .json, .jsonb, .varchar(limit: 5), .array(.integer), .array(.text),
        .array(.numeric(nil)), .array(.timestamptz), .array(.boolean), .array(.double),
        .array(.interval), .array(.jsonb), .array(.bytea), .array(.uuid),
    ]

    /// The first byte chooses the type, the others are the text.
    static func run(_ bytes: [UInt8], _ types: [LogicalType]) throws(FuzzFinding) {
        guard let choice = bytes.first else { return }
        let type = types[Int(choice) % types.count]
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let value = try refusable { () throws(DemetraError) in try ValueText.parse(text, as: type) }
        if let value {
            let shown = try checkText(of: value, type, text)
            if shown != text { try checkCopy(shown, type, value) }
            try checkCopy(text, type, value)
        } else {
            try checkCopy(text, type, nil)
        }
        guard type.isDateTime else { return }
        _ = try refusable { () throws(DemetraError) in
            try ValueText.parse(text, as: type, now: Timestamp(microseconds: 86_400_000_000))
        }
    }

    private static func checkText(
        of value: Value, _ type: LogicalType, _ source: String
    ) throws(FuzzFinding) -> String {
        guard let shown = ValueText.text(value, type: type) else {
            throw FuzzFinding("\(type) \(source) is \(value), which has no text")
        }
        let again = try refusable { () throws(DemetraError) in
            try ValueText.parse(shown, as: type)
        }
        guard let again else { throw FuzzFinding("\(type) does not read its own text \(shown)") }
        let second = ValueText.text(again, type: type)
        try law(second == shown, "\(type) \(source): \(shown), then \(second ?? "NULL")")
        let kept = Vector([value], type: type).value(at: 0)
        let keptText = ValueText.text(kept, type: type)
        // Arrays are kept so that equal ones have equal bytes: their zeros have no sign.
        try law(
            keptText == shown || type == .array(.double) && kept == value,
            "a vector of \(type) makes \(keptText ?? "NULL") of \(shown)")
        return shown
    }

    /// What a cast reads, COPY reads as the same value. It may read more: its fields have blanks around them, and
    /// dates of forms that no literal has.
    private static func checkCopy(
        _ text: String, _ type: LogicalType, _ cast: Value?
    ) throws(FuzzFinding) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 != 0 && $0 != 0x22 }) else { return }
        let column = CSVColumn(name: "c", type: type, fieldIndex: 0)
        let reading = try refusable { () throws(DemetraError) in
            try DelimitedText(Array(("\"" + text + "\"\n").utf8))
                .batches([column], .csv, .strict(table: "t"))
        }
        guard let cast else { return }
        let read = reading?.rows[0][0]
        let (castText, readText) = (
            ValueText.text(cast, type: type), read.flatMap { ValueText.text($0, type: type) }
        )
        try law(
            readText == castText || type == .array(.double) && read == cast,
            "\(type) \(text): cast \(castText as Any), COPY \(readText as Any)")
    }
}
