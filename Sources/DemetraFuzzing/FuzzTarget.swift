import DemetraFormats

/// A part of the system that reads bytes from outside, with the laws it keeps on all of them.
///
/// For any bytes a part answers or refuses. What must not be, and what a run calls a finding: a trap, an
/// access outside of memory, an error that blames ourselves (XX000), a law of the part that does not hold, and
/// time or memory without bounds, which the fuzzer watches.
///
/// `Tests/fuzz` searches for such bytes, guided by coverage; ordinary test runs replay what it kept.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Tokenizer and parser of SQL.
    case statements
    /// The fast parser of INSERTs of literals, which must agree with the parser.
    case inserts
    /// Binder and optimizer over a fixed catalog.
    case plans
    /// CSV: chunks, fields, columns of all types, types found out.
    case csv
    /// The text format of COPY.
    case copy
    /// JSON lines, and JSON documents by themselves.
    case json
    /// Texts of numbers and booleans.
    case numbers
    /// Texts of dates, times, instants and intervals.
    case times
    /// Texts of the other types: uuid, bytea, json, arrays.
    case values
    /// Templates of `to_char`, `to_date` and `to_timestamp`.
    case templates
    /// Regular expressions, LIKE and SIMILAR TO.
    case patterns
    /// Operators and functions of json and jsonb.
    case documents
    /// The binary form of COPY.
    case binary
    /// The bytes of a client of the server.
    case frames

    /// Longer inputs are cut to this, so that an input is bounded in what it can cost.
    package var byteLimit: Int {
        switch self {
        case .statements, .plans, .inserts, .csv, .copy, .json, .documents, .binary, .frames: 512
        case .patterns: 192
        case .numbers, .times, .values, .templates: 96
        }
    }

    /// Gives the bytes to the part.
    ///
    /// - Throws: the law that the part broke; what traps does not come back.
    package func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let bytes = Array(bytes.prefix(byteLimit))
        switch self {
        case .statements: try StatementFuzzing.run(bytes)
        case .inserts: try InsertFuzzing.run(bytes)
        case .plans: try PlanFuzzing.run(bytes)
        case .csv: try DelimitedFuzzing.run(bytes, .csv)
        case .copy: try DelimitedFuzzing.run(bytes, .copyText)
        case .json: try JSONLinesFuzzing.run(bytes)
        case .numbers: try CastFuzzing.run(bytes, CastFuzzing.numbers)
        case .times: try CastFuzzing.run(bytes, CastFuzzing.times)
        case .values: try CastFuzzing.run(bytes, CastFuzzing.others)
        case .templates: try TemplateFuzzing.run(bytes)
        case .patterns: try PatternFuzzing.run(bytes)
        case .documents: try DocumentFuzzing.run(bytes)
        case .binary: try BinaryFuzzing.run(bytes)
        case .frames: try FrameFuzzing.run(bytes)
        }
    }
}
