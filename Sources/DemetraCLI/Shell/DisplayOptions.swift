import ArgumentParser
import DemetraFormats

/// How rows are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, box, csv, tsv, json, jsonl, markdown, html, vertical

    /// The format that the ending of a file's name stands for.
    init?(ending: String) {
        switch ending.lowercased() {
        case "md": self = .markdown
        case "ndjson": self = .jsonl
        case "txt": self = .table
        case "htm": self = .html
        case let name: self.init(rawValue: name)
        }
    }
}

/// When a table is shown one line a column.
enum Expansion: String { case off, on, auto }

/// What `\pset` and its kin say about how answers are shown.
struct DisplayOptions {
    var format = OutputFormat.table
    var expansion = Expansion.off
    /// What stands for NULL in tables.
    var nullText = "NULL"
    /// Names and the number of rows are left out.
    var showsRowsOnly = false
    /// The number of rows is shown below a table.
    var showsFooter = true
    /// Long answers go through a pager, on a terminal.
    var isPaged = true
    /// Drawn with more than ASCII.
    var usesUnicode = Terminal.isUnicode

    /// How tables look.
    var tableStyle: TableStyle {
        TableStyle(
            nullText: nullText, isExpanded: expansion == .on,
            widthLimit: expansion == .auto ? Terminal.columnCount : nil,
            hasHeader: !showsRowsOnly)
    }

    /// Whether the number of rows follows them.
    var hasFooter: Bool {
        showsFooter && !showsRowsOnly && [.table, .box, .vertical].contains(format)
    }
}
