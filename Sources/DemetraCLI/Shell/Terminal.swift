import Foundation

/// The terminal that answers are shown on.
enum Terminal {
    /// Whether standard output is one.
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Its width, or nil when standard output is none.
    static var columnCount: Int? { isThere ? Int(size?.ws_col ?? 80) : nil }

    /// Its height, or nil when standard output is none.
    static var lineCount: Int? { isThere ? Int(size?.ws_row ?? 24) : nil }

    /// Whether it shows more than ASCII, as the locale says.
    static var isUnicode: Bool {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.uppercased().replacing("-", with: "").contains("UTF8") ?? false
    }

    /// Whether colours are welcome; see no-color.org.
    static var hasColours: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isThere && environment["NO_COLOR"]?.isEmpty ?? true
            && environment["TERM"] != "dumb"
    }

    private static var size: winsize? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return nil }
        return size
    }
}
