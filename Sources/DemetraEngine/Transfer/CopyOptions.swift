import DemetraFormats
import DemetraSQL
import DemetraTypes

/// The options of COPY: the form of the rows, and for delimited text its dialect.
///
/// - Source: COPY in the PostgreSQL 15 documentation; JSON lines are ours.
struct CopyOptions {
    /// What rows look like.
    enum Form {
        /// Text or CSV, as the dialect says.
        case delimited
        case binary
        /// An object for each row, on a line of its own.
        case jsonLines
    }

    private(set) var form = Form.delimited
    /// How records are delimited.
    private(set) var dialect = CSVDialect.copyText
    /// HEADER MATCH: the first record must hold the names of the columns.
    private(set) var matchesHeader = false
    /// FORCE_QUOTE: places of the columns whose values are quoted unless they are NULL.
    private(set) var quoted: Set<Int> = []
    /// FORCE_NULL: places of the columns in which the NULL text is NULL in quotes, too.
    private(set) var quotedNulls: Set<Int> = []
    /// FORCE_NOT_NULL: places of the columns in which the NULL text is a value.
    private(set) var withoutNulls: Set<Int> = []
    /// The name of the batch that the rows are; COPY FROM takes it once.
    private(set) var batchID: String?

    private var format = "text"
    private let columns: [String]
    private let isFrom: Bool

    private static let forms: [String: Form] = [
        "csv": .delimited, "text": .delimited, "binary": .binary, "json": .jsonLines,
        "jsonl": .jsonLines, "ndjson": .jsonLines,
    ]

    /// What rows may have that are not delimited.
    private static let commonOptions: Set<String> = ["format", "batch_id", "encoding", "freeze"]

    /// - Parameters:
    ///   - columns: the names of the columns that are copied.
    ///   - isFrom: COPY FROM, not COPY TO.
    /// - Throws: 42601 for an option that does not exist, 22023 for a value it cannot have, 0A000 for one that does not
    ///   go with the format or the direction, 42P10 for a column that is not copied.
    init(
        _ options: [String: CopyStatement.OptionValue], columns: [String], isFrom: Bool
    ) throws(DemetraError) {
        self.columns = columns
        self.isFrom = isFrom
        try setFormat(options)
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard form == .delimited || Self.commonOptions.contains(name) else {
                throw DemetraError(
                    .syntaxError,
                    "cannot specify \(name.uppercased()) in \(format.uppercased()) mode")
            }
            try set(name, value)
        }
        guard dialect.delimiter != dialect.quote || format == "text" else {
            throw DemetraError(
                .invalidParameterValue, "COPY delimiter and quote must be different")
        }
    }

    /// There is no text.
    var isBinary: Bool { form == .binary }

    private mutating func setFormat(
        _ options: [String: CopyStatement.OptionValue]
    ) throws(DemetraError) {
        if let value = options["format"] {
            format = try Self.text("format", value).lowercased()
        } else if options["csv"] != nil {
            format = "csv"
        }
        guard let form = Self.forms[format] else {
            throw DemetraError(
                .featureNotSupported, "COPY format \"\(format)\" is not supported",
                hint: "Use FORMAT csv, text, binary or json (an object a line).")
        }
        self.form = form
        if format == "csv" { dialect = .csv }
    }

    private mutating func set(
        _ name: String, _ value: CopyStatement.OptionValue
    ) throws(DemetraError) {
        switch name {
        case "format", "csv": break
        case "header": try setHeader(try Self.text(name, value))
        case "delimiter": dialect.delimiter = try Self.byte(name, value)
        case "quote":
            try requireCSV(name)
            let isDoubled = dialect.escape == dialect.quote
            dialect.quote = try Self.byte(name, value)
            if isDoubled { dialect.escape = dialect.quote }
        case "escape":
            try requireCSV(name)
            dialect.escape = try Self.byte(name, value)
        case "null": dialect.nullText = Array(try Self.text(name, value).utf8)
        case "force_quote":
            try require(isFrom: false, name)
            quoted = try places(name, value)
        case "force_null":
            try require(isFrom: true, name)
            quotedNulls = try places(name, value)
        case "force_not_null":
            try require(isFrom: true, name)
            withoutNulls = try places(name, value)
        case "freeze":
            // Rows are as good as frozen from the start.
            if try Self.flag(name, try Self.text(name, value)) { try require(isFrom: true, name) }
        case "batch_id":
            let id = try Self.text(name, value)
            try require(isFrom: true, name)
            batchID = id
        case "encoding":
            let encoding = try Self.text(name, value)
            guard encoding.uppercased().filter({ $0 != "-" }) == "UTF8" else {
                throw DemetraError(
                    .featureNotSupported, "COPY reads and writes UTF-8 only, not \"\(encoding)\"")
            }
        default:
            throw DemetraError(.syntaxError, "option \"\(name)\" not recognized")
        }
    }

    private mutating func setHeader(_ value: String) throws(DemetraError) {
        matchesHeader = value.lowercased() == "match"
        if matchesHeader {
            guard isFrom else {
                throw DemetraError(
                    .featureNotSupported, "cannot use \"match\" with HEADER in COPY TO")
            }
            dialect.hasHeader = true
        } else {
            dialect.hasHeader = try Self.flag("header", value)
        }
    }

    // MARK: Values

    private func requireCSV(_ name: String) throws(DemetraError) {
        guard format == "csv" else {
            throw DemetraError(
                .featureNotSupported, "COPY \(name) requires CSV mode", hint: "Add FORMAT csv.")
        }
    }

    private func require(isFrom: Bool, _ name: String) throws(DemetraError) {
        if name.hasPrefix("force_") { try requireCSV(name) }
        guard self.isFrom == isFrom else {
            throw DemetraError(
                .featureNotSupported,
                "COPY \(name) only available using COPY \(isFrom ? "FROM" : "TO")")
        }
    }

    /// The places of columns, or of all of them for `*`.
    private func places(
        _ name: String, _ value: CopyStatement.OptionValue
    ) throws(DemetraError) -> Set<Int> {
        switch value {
        case .text("*"): return Set(columns.indices)
        case .text:
            throw DemetraError(
                .syntaxError, "argument to option \"\(name)\" must be a list of column names",
                hint: "Write \(name.uppercased()) (a, b), or *.")
        case .columns(let names):
            var places: Set<Int> = []
            for column in names {
                guard let place = columns.firstIndex(of: column.name) else {
                    let nearest = NearestName.find(column.name, among: columns)
                    throw DemetraError(
                        .invalidColumnReference,
                        "\(name.uppercased()) column \"\(column.name)\" not referenced by COPY",
                        hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                    ).at(column.range)
                }
                places.insert(place)
            }
            return places
        }
    }

    private static func text(
        _ name: String, _ value: CopyStatement.OptionValue
    ) throws(DemetraError) -> String {
        guard case .text(let text) = value else {
            throw DemetraError(.syntaxError, "option \"\(name)\" takes no list of columns")
        }
        return text
    }

    private static func byte(
        _ name: String, _ value: CopyStatement.OptionValue
    ) throws(DemetraError) -> UInt8 {
        let bytes = Array(try text(name, value).utf8)
        guard bytes.count == 1, bytes[0] != 0x0A, bytes[0] != 0x0D else {
            throw DemetraError(
                .featureNotSupported, "COPY \(name) must be a single one-byte character")
        }
        return bytes[0]
    }

    private static func flag(_ name: String, _ value: String) throws(DemetraError) -> Bool {
        switch value.lowercased() {
        case "true", "on", "1", "": return true
        case "false", "off", "0": return false
        default: throw DemetraError(.invalidParameterValue, "\(name) requires a Boolean value")
        }
    }
}
