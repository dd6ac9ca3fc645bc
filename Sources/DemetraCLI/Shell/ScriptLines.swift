import Demetra
import Foundation

/// The lines of a script: a text, or standard input as it comes in.
final class ScriptLines {
    /// The name errors give the script; nil for a text from the command line.
    let name: String?
    /// True when the rows of COPY ... FROM STDIN stand among the lines, as in a file; those of a statement
    /// from the command line come on standard input.
    let holdsRows: Bool
    private var rest: Substring = ""
    private let read: (() -> String?)?

    /// The lines of a text.
    init(_ text: String, name: String? = nil) {
        self.name = name
        rest = text[...]
        read = nil
        holdsRows = name != nil
    }

    /// Lines that `read` gives one by one.
    init(name: String? = nil, read: @escaping () -> String?) {
        self.name = name
        self.read = read
        holdsRows = true
    }

    /// The lines of a file.
    ///
    /// - Throws: 58P01 when there is none, 58030 when it cannot be read, 22021 when it is not UTF-8.
    convenience init(file name: String) throws(DemetraError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
            throw DemetraError(.undefinedFile, "file \"\(name)\" does not exist")
        }
        guard !isDirectory.boolValue else {
            throw DemetraError(.ioError, "\"\(name)\" is a directory, not a file")
        }
        guard let bytes = FileManager.default.contents(atPath: name) else {
            throw DemetraError(.ioError, "file \"\(name)\" cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DemetraError(
                .characterNotInRepertoire, "file \"\(name)\" is not UTF-8 text")
        }
        self.init(text, name: name)
    }

    /// Standard input.
    static func standardInput() -> ScriptLines {
        ScriptLines(name: "stdin") { readLine(strippingNewline: true) }
    }

    /// The next line without its end; nil behind the last.
    func next() -> String? {
        if let read { return read() }
        guard !rest.isEmpty else { return nil }
        // By bytes: a line break after a carriage return is one character with it.
        let bytes = rest.utf8
        let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
        defer { rest = end == bytes.endIndex ? "" : rest[bytes.index(after: end)...] }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
