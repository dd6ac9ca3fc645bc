import Demetra
import DemetraFormats
import Foundation

/// Commands that draw the last answer, and those that read and write files.
enum FileCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand(
            "\\chart", "KIND [COLUMN...]",
            "draw the last answer: line, bar, spark or heat; columns: labels first"
        ) { (call) throws(DemetraError) in
            let words = try call.line.words()
            guard let kind = words.first.flatMap(ChartKind.init(rawValue:)) else {
                throw DemetraError(
                    .invalidParameterValue,
                    "\\chart needs one of "
                        + ChartKind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let data = try ChartPoints(try last(call), columns: Array(words.dropFirst()))
            let canvas = ChartStyle(
                width: Terminal.columnCount ?? 80,
                isUnicode: call.shell.printer.options.usesUnicode,
                hasColours: Terminal.hasColours)
            call.shell.printer.show(try kind.drawn(data, canvas))
            return true
        },
        BackslashCommand(
            "\\export", "FILE", "write the last answer; .csv, .tsv, .jsonl, .json, .md, .html"
        ) { (call) throws(DemetraError) in
            try export(try last(call), to: try call.word("a file", of: "\\export"), call.shell)
            return true
        },
        BackslashCommand(
            "\\copy", "TABLE FROM|TO FILE [OPTIONS]", "COPY with a file of this side",
            takesLine: true
        ) { (call) throws(DemetraError) in
            try ClientCopy(call.line.text).run(in: call.shell)
        },
        BackslashCommand("\\i", "FILE", "run the statements of a file") {
            (call) throws(DemetraError) in
            try call.shell.run(file: try call.word("the name of a file", of: "\\i"))
        },
        BackslashCommand("\\o", "[FILE]", "send answers to a file; alone: to the terminal again") {
            (call) throws(DemetraError) in
            try call.shell.printer.redirect(to: try call.word())
            return true
        },
        BackslashCommand("\\w", "FILE", "write the statement to a file") {
            (call) throws(DemetraError) in
            let file = try call.word("the name of a file", of: "\\w")
            let text = call.splitter.isEmpty ? call.shell.lastStatement ?? "" : call.splitter.text
            guard FileManager.default.createFile(atPath: file, contents: Data((text + "\n").utf8))
            else { throw DemetraError(.ioError, "file \"\(file)\" cannot be written") }
            return true
        },
    ]

    private static func last(_ call: CommandCall) throws(DemetraError) -> HeldResult {
        guard let held = call.shell.printer.held else {
            throw DemetraError(
                .invalidParameterValue, "there is no answer yet", hint: "Run a query first.")
        }
        guard !held.isCut else {
            throw DemetraError(
                .invalidParameterValue, "the last answer was too large to keep",
                hint: "Write it with COPY (query) TO 'file', or \\g FILE.")
        }
        return held
    }

    private static func export(
        _ held: HeldResult, to file: String, _ shell: Shell
    ) throws(DemetraError) {
        let ending = file.split(separator: ".").last.map(String.init) ?? ""
        guard file.contains("."), let format = OutputFormat(ending: ending) else {
            throw DemetraError(
                .invalidParameterValue, "\"\(file)\" does not tell the format by its ending",
                hint: "End it in .csv, .tsv, .jsonl, .json, .md, .html or .txt.")
        }
        let writer = ResultWriters.make(
            format.rawValue, schema: held.schema, zone: held.zone,
            style: TableStyle(nullText: shell.printer.options.nullText))
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        for batch in held.batches { writer.write(batch, into: &bytes) }
        writer.end(into: &bytes)
        guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else {
            throw DemetraError(.ioError, "file \"\(file)\" cannot be written")
        }
        shell.printer.show("\(held.rowCount) row\(held.rowCount == 1 ? "" : "s") in \(file)")
    }
}
