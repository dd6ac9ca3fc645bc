package import DemetraTypes

/// Sizes of memory as settings write them: `256MB`, `4GB`.
package enum MemorySize {
    /// With less, nothing but small statements would run.
    private static let leastBytes = 16 << 20

    private static let units: [(name: String, byteCount: Int)] = [
        ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1),
    ]

    /// The bytes that a text stands for; units are powers of 1,024, as in PostgreSQL.
    ///
    /// - Throws: 22023 when it is no size, or one that is too small.
    package static func bytes(_ text: String) throws(DemetraError) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count).filter { $0 != " " }
        let unit = units.first { $0.name.lowercased() == rest.lowercased() }
        guard let number = Int(digits), let unit else {
            throw DemetraError(
                .invalidParameterValue,
                "invalid value for parameter \"memory_limit\": \"\(text)\"",
                hint:
                    "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".")
        }
        let (byteCount, isTooLarge) = number.multipliedReportingOverflow(by: unit.byteCount)
        guard !isTooLarge, byteCount >= leastBytes else {
            throw DemetraError(
                .invalidParameterValue,
                "\(text) is outside the valid range for parameter \"memory_limit\"",
                hint: "Allow at least \(Self.text(leastBytes)).")
        }
        return byteCount
    }

    /// A size in the largest unit that leaves no rest.
    package static func text(_ byteCount: Int) -> String {
        let unit = units.first { byteCount % $0.byteCount == 0 } ?? ("B", 1)
        return "\(byteCount / unit.byteCount)\(unit.name)"
    }
}
