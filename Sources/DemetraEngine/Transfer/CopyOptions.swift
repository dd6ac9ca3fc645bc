import DemetraFormats
import DemetraTypes

/// The options of COPY as a dialect of delimited text.
///
/// - Source: COPY in the PostgreSQL 15 documentation.
struct CopyOptions {
    /// How records are written.
    let dialect: CSVDialect
    /// FORCE_QUOTE *: every value that is not NULL is quoted.
    let quotesAll: Bool
    /// FORMAT binary: there is no text, and the dialect says nothing.
    let isBinary: Bool
    /// The name of the batch that the rows are; COPY FROM takes it once.
    let batchID: String?

    /// What binary rows may have.
    private static let binaryOptions: Set<String> = ["format", "batch_id", "encoding"]

    /// - Throws: 42601 for an option that does not exist, 22023 for a value it cannot have, 0A000 for a
    ///   format other than text and csv.
    init(_ options: [String: String]) throws(DemetraError) {
        let format = options["format"]?.lowercased() ?? (options["csv"] == nil ? "text" : "csv")
        guard ["csv", "text", "binary"].contains(format) else {
            throw DemetraError(
                .featureNotSupported, "COPY format \"\(format)\" is not supported",
                hint: "Use FORMAT csv, FORMAT text or FORMAT binary.")
        }
        isBinary = format == "binary"
        var dialect = format == "csv" ? CSVDialect.csv : CSVDialect.copyText
        var quotesAll = false
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            guard !isBinary || Self.binaryOptions.contains(name) else {
                throw DemetraError(
                    .syntaxError, "cannot specify \(name.uppercased()) in BINARY mode")
            }
            switch name {
            case "format", "csv": break
            case "header": dialect.hasHeader = try Self.flag(name, value)
            case "delimiter": dialect.delimiter = try Self.byte(name, value)
            case "quote":
                try Self.requireCSV(name, format)
                let isDoubled = dialect.escape == dialect.quote
                dialect.quote = try Self.byte(name, value)
                if isDoubled { dialect.escape = dialect.quote }
            case "escape":
                try Self.requireCSV(name, format)
                dialect.escape = try Self.byte(name, value)
            case "null": dialect.nullText = Array(value.utf8)
            case "force_quote":
                try Self.requireCSV(name, format)
                guard value == "*" || value.lowercased() == "true" else {
                    throw DemetraError(
                        .featureNotSupported, "FORCE_QUOTE of single columns is not supported",
                        hint: "Use FORCE_QUOTE *.")
                }
                quotesAll = true
            case "batch_id": break
            case "encoding":
                guard value.uppercased().filter({ $0 != "-" }) == "UTF8" else {
                    throw DemetraError(
                        .featureNotSupported, "COPY reads and writes UTF-8 only, not \"\(value)\"")
                }
            default:
                throw DemetraError(.syntaxError, "option \"\(name)\" not recognized")
            }
        }
        guard dialect.delimiter != dialect.quote || format == "text" else {
            throw DemetraError(
                .invalidParameterValue, "COPY delimiter and quote must be different")
        }
        batchID = options["batch_id"]
        self.dialect = dialect
        self.quotesAll = quotesAll
    }

    private static func requireCSV(_ name: String, _ format: String) throws(DemetraError) {
        guard format == "csv" else {
            throw DemetraError(
                .featureNotSupported, "COPY \(name) requires CSV mode", hint: "Add FORMAT csv.")
        }
    }

    private static func byte(_ name: String, _ value: String) throws(DemetraError) -> UInt8 {
        let bytes = Array(value.utf8)
        guard bytes.count == 1, bytes[0] != 0x0A, bytes[0] != 0x0D else {
            throw DemetraError(
                .featureNotSupported, "COPY \(name) must be a single one-byte character")
        }
        return bytes[0]
    }

    private static func flag(_ name: String, _ value: String) throws(DemetraError) -> Bool {
        switch value.lowercased() {
        case "true", "on", "1", "match", "": return true
        case "false", "off", "0": return false
        default: throw DemetraError(.invalidParameterValue, "\(name) requires a Boolean value")
        }
    }
}
