import Foundation

/// A program that shows a long answer page by page, such as `less`.
// Owned by the thread that runs statements.
final class Pager {
    private let process = Process()
    private let input = Pipe()
    /// The reader has closed it.
    private(set) var isClosed = false

    /// The command of the user's choice; nil when answers are not to be paged.
    static var command: String? {
        let environment = ProcessInfo.processInfo.environment
        let command = environment["DEMETRA_PAGER"] ?? environment["PAGER"] ?? "less"
        return command.allSatisfy(\.isWhitespace) ? nil : command
    }

    /// Starts the program; nil when that fails.
    init?(_ command: String) {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        var environment = ProcessInfo.processInfo.environment
        // Long lines are cut rather than broken, and what fits on the screen is simply printed.
        if environment["LESS"] == nil { environment["LESS"] = "FRSX" }
        process.environment = environment
        process.standardInput = input
        guard (try? process.run()) != nil else { return nil }
    }

    func write(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        do {
            try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        } catch {
            isClosed = true
        }
    }

    /// Waits until the reader has had enough.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
