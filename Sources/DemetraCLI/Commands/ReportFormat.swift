import ArgumentParser
import Demetra
import Foundation

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument {
    case text, json

    /// A report as JSON with the keys of SQL names.
    static func json(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    /// `3 rows`, `1 row`.
    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
