import DemetraEngine
import Foundation
import Synchronization

/// A bar on a terminal that says how far an import is.
final class ProgressBar: Sendable {
    private static let width = 30
    private let isShown: Bool
    /// True while a line of the bar waits to be ended.
    private let isOpen = Mutex(false)

    init(isShown: Bool) { self.isShown = isShown }

    /// Draws the bar.
    func show(_ progress: ImportProgress) {
        guard isShown, progress.totalBytes > 0 else { return }
        isOpen.withLock { $0 = true }
        let share = min(1, Double(progress.bytes) / Double(progress.totalBytes))
        let text = String(
            format: "\r[%@] %3d %%  %d rows", Self.bar(share), Int(share * 100), progress.rows)
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// A share as a bar.
    static func bar(_ share: Double) -> String {
        let filled = Int(share * Double(width))
        return String(repeating: "#", count: filled)
            + String(repeating: ".", count: width - filled)
    }

    /// Ends the line.
    func end() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}
