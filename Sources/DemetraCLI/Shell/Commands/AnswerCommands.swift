import Demetra

/// Commands about how answers are shown.
enum AnswerCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand("\\timing", "[on|off]", "show how long statements take") {
            (call) throws(DemetraError) in
            call.shell.showsTiming = try call.flag(try call.word(), now: call.shell.showsTiming)
            call.shell.printer.show("Timing is \(call.shell.showsTiming ? "on" : "off").")
            return true
        },
        BackslashCommand(
            "\\x", "[on|off|auto]", "one line a column; auto: when a table is too wide"
        ) { (call) throws(DemetraError) in
            try set("expanded", try call.word(), call)
        },
        BackslashCommand("\\t", "[on|off]", "show rows only, without names and number") {
            (call) throws(DemetraError) in
            try set("tuples_only", try call.word(), call)
        },
        BackslashCommand("\\format", "FORMAT", formats) { (call) throws(DemetraError) in
            try set("format", try call.word("a format", of: "\\format"), call, isQuiet: true)
        },
        BackslashCommand("\\null", "[TEXT]", "what stands for NULL in tables") {
            (call) throws(DemetraError) in
            try set("null", try call.word() ?? "", call, isQuiet: true)
        },
        BackslashCommand("\\pset", "[NAME [VALUE]]", "how answers are shown; alone: all of it") {
            (call) throws(DemetraError) in
            let words = try call.line.words()
            guard let name = words.first else {
                for option in names { call.shell.printer.show(state(option, call.shell)) }
                return true
            }
            return try set(name, words.dropFirst().first, call)
        },
    ]

    private static let formats = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")

    /// The names that `\pset` knows.
    private static let names = [
        "expanded", "footer", "format", "linestyle", "null", "pager", "tuples_only",
    ]

    private static func set(
        _ name: String, _ value: String?, _ call: CommandCall, isQuiet: Bool = false
    ) throws(DemetraError) -> Bool {
        let printer = call.shell.printer
        let options = printer.options
        switch name {
        case "expanded" where value == "auto": printer.options.expansion = .auto
        case "expanded":
            printer.options.expansion =
                try call.flag(value, now: options.expansion == .on) ? .on : .off
        case "footer":
            printer.options.showsFooter = try call.flag(value, now: options.showsFooter)
        case "tuples_only":
            printer.options.showsRowsOnly = try call.flag(value, now: options.showsRowsOnly)
        case "pager": printer.options.isPaged = try call.flag(value, now: options.isPaged)
        case "null": printer.options.nullText = value ?? ""
        case "format":
            // psql's name for a table.
            guard let format = OutputFormat(rawValue: value == "aligned" ? "table" : value ?? "")
            else { throw unknown("format", formats) }
            printer.options.format = format
        case "linestyle":
            guard value == "ascii" || value == "unicode" else {
                throw unknown("linestyle", "ascii, unicode")
            }
            printer.options.usesUnicode = value == "unicode"
        default:
            throw DemetraError(
                .invalidParameterValue, "there is no \\pset \(name)",
                hint: NearestName.find(name, among: names).map { "Perhaps you meant \($0)." }
                    ?? "\\pset alone shows what there is.")
        }
        if !isQuiet { printer.show(state(name, call.shell)) }
        return true
    }

    private static func unknown(_ name: String, _ values: String) -> DemetraError {
        DemetraError(.invalidParameterValue, "\(name) needs one of \(values)")
    }

    private static func state(_ name: String, _ shell: Shell) -> String {
        let options = shell.printer.options
        func word(_ isOn: Bool) -> String { isOn ? "on" : "off" }
        return switch name {
        case "expanded": "Expanded display is \(options.expansion.rawValue)."
        case "footer": "Default footer is \(word(options.showsFooter))."
        case "format": "Output format is \(options.format.rawValue)."
        case "linestyle": "Line style is \(options.usesUnicode ? "unicode" : "ascii")."
        case "null": "Null display is \"\(options.nullText)\"."
        case "pager": "Pager is \(word(options.isPaged))."
        default: "Tuples only is \(word(options.showsRowsOnly))."
        }
    }
}
