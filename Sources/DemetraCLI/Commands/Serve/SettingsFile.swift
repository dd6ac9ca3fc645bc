import Demetra
import Foundation

/// The file of `serve --config`: a line for each setting, as in `postgresql.conf`.
///
///     # Who is let in, and how.
///     database = ads.demetra
///     pg = 0.0.0.0:5433
///     tls_cert = '/etc/demetra/server.crt'
///
/// The sign `=` may be left out, and so may the quotes, unless the value holds blanks or a `#`; in quotes `''` is one of them.
/// Of two lines about one setting the later one counts.
struct SettingsFile {
    /// A setting with its value and the line it stands on.
    struct Entry {
        let setting: ServeSetting
        let value: String
        let line: Int
    }

    let path: String
    private(set) var entries: [Entry] = []
    private(set) var problems: [SettingProblem] = []

    /// Reads a file; what makes no sense in it becomes a problem.
    ///
    /// - Throws: 58P01 when there is none, 58030 when it cannot be read.
    init(_ path: String) throws(DemetraError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw DemetraError(.undefinedFile, "file \"\(path)\" does not exist")
        }
        guard let bytes = FileManager.default.contents(atPath: path),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            throw DemetraError(
                .ioError, "file \"\(path)\" cannot be read", hint: "It must be UTF-8 text.")
        }
        self.init(path, text: text)
    }

    /// The settings of a text.
    init(_ path: String, text: String) {
        self.path = path
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() { read(line, index + 1) }
    }

    /// Where a line is, as errors say it.
    func place(_ line: Int) -> String { "\(path):\(line)" }

    private mutating func read(_ line: Substring, _ number: Int) {
        var rest = line.drop(while: \.isWhitespace)
        guard let first = rest.first, first != "#" else { return }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        rest = rest[name.endIndex...].drop(while: \.isWhitespace)
        if rest.first == "=" { rest = rest.dropFirst().drop(while: \.isWhitespace) }
        guard !name.isEmpty, let value = Self.value(rest) else {
            return add("a line is a name and a value", "As in max_connections = 200.", number)
        }
        guard let setting = ServeSetting(name: name) else {
            let names = ServeSetting.allCases.map(\.rawValue)
            let nearest = NearestName.find(
                name.lowercased().replacing("-", with: "_"), among: names)
            return add(
                "there is no setting \"\(name)\"",
                nearest.map { "Perhaps you meant \($0)." }
                    ?? "There are \(names.joined(separator: ", ")).", number)
        }
        entries.append(Entry(setting: setting, value: value, line: number))
    }

    private mutating func add(_ message: String, _ hint: String, _ line: Int) {
        problems.append(
            SettingProblem(message: "\(place(line)): \(message)", hint: hint, isOption: false))
    }

    /// The value that a line ends with; nil when there is none, or more than one.
    private static func value(_ text: Substring) -> String? {
        guard text.first == "'" else {
            let words = text.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            return words.count == 1 ? String(words[0]) : nil
        }
        var value = ""
        var rest = text.dropFirst()
        while let sign = rest.popFirst() {
            guard sign == "'" else {
                value.append(sign)
                continue
            }
            if rest.first == "'" {
                value.append(rest.removeFirst())
            } else {
                let behind = rest.drop(while: \.isWhitespace)
                return behind.isEmpty || behind.first == "#" ? value : nil
            }
        }
        return nil
    }
}
