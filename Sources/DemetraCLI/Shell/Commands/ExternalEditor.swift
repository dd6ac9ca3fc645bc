import Demetra
import Foundation

/// The editor of the user's choice.
enum ExternalEditor {
    /// Lets the user edit a text, or a file of theirs; gives the text afterwards.
    ///
    /// - Throws: 58030 when the editor does not run, or the file cannot be read.
    static func edit(_ text: String, file: String?) throws(DemetraError) -> String {
        let path = file ?? NSTemporaryDirectory() + "demetra-\(UUID().uuidString).sql"
        defer { if file == nil { try? FileManager.default.removeItem(atPath: path) } }
        if file == nil {
            // For its owner alone: statements may hold what others must not read.
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        }
        let environment = ProcessInfo.processInfo.environment
        let editor =
            ["DEMETRA_EDITOR", "EDITOR", "VISUAL"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty } ?? "vi"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", editor + " \"$1\"", "sh", path]
        do { try process.run() } catch {
            throw DemetraError(.ioError, "the editor \"\(editor)\" cannot be started")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw DemetraError(
                .ioError, "the editor \"\(editor)\" ended with status \(process.terminationStatus)",
                hint: "EDITOR says which one is used.")
        }
        guard let bytes = FileManager.default.contents(atPath: path),
            let edited = String(validating: bytes, as: UTF8.self)
        else { throw DemetraError(.ioError, "file \"\(path)\" cannot be read") }
        return edited
    }
}
