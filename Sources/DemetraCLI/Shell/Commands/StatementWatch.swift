import Demetra
import Foundation

/// Runs a statement again and again.
struct StatementWatch {
    /// How long it sleeps before it looks for Ctrl-C.
    private static let step = 0.05

    private var seconds = 2.0
    private var remaining = Int.max

    /// - Parameter words: `2`, `i=2`, `c=10`.
    init(words: [String]) throws(DemetraError) {
        for word in words {
            let (name, value) = Self.parts(word)
            switch (name, Double(value)) {
            case ("i", let seconds?) where seconds >= 0 && seconds.isFinite: self.seconds = seconds
            case ("c", let count?) where count >= 1 && count < 1e9: remaining = Int(count)
            default:
                throw DemetraError(
                    .invalidParameterValue, "\"\(word)\" is neither seconds nor c=COUNT")
            }
        }
    }

    private static func parts(_ word: String) -> (name: String, value: String) {
        guard let sign = word.firstIndex(of: "=") else { return ("i", word) }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    /// Runs it until Ctrl-C, an error, or as often as was said; false after an error.
    mutating func run(_ statement: String, in shell: Shell) -> Bool {
        _ = Interrupts.take()
        while true {
            shell.printer.show("\(Self.now) (every \(Self.text(seconds))s)\n")
            guard shell.execute(statement) else { return false }
            remaining -= 1
            guard remaining > 0 else { return true }
            var slept = 0.0
            while slept < seconds {
                if Interrupts.take() { return true }
                Thread.sleep(forTimeInterval: min(Self.step, seconds - slept))
                slept += Self.step
            }
            if Interrupts.take() { return true }
        }
    }

    private static var now: String {
        Date.now.formatted(
            .iso8601.dateSeparator(.dash).timeSeparator(.colon).dateTimeSeparator(.space))
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}
