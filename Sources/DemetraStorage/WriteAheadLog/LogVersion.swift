/// How the commits of a log file are written; its first eight bytes say it.
///
/// Files of older versions are read, and never written on.
enum LogVersion: Int, CaseIterable {
    /// Commits have no times.
    case timeless = 2
    case timed = 3
    /// A few rows are written value by value.
    case direct = 4

    static let newest = direct

    /// How files of the version begin.
    var magic: [UInt8] { Array("\(Self.prefix)\(rawValue)".utf8) }

    /// The version of a file; nil for bytes that do not begin as log files do.
    init?(of bytes: [UInt8]) {
        guard let found = Self.allCases.first(where: { bytes.starts(with: $0.magic) }) else {
            return nil
        }
        self = found
    }

    /// The number that bytes give which begin as log files do, of whatever version.
    static func number(of bytes: [UInt8]) -> Int? {
        guard bytes.starts(with: Array(prefix.utf8)) else { return nil }
        return Int(String(decoding: bytes.dropFirst(prefix.utf8.count).prefix(1), as: UTF8.self))
    }

    private static let prefix = "DEMWAL0"
}
