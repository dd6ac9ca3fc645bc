import DemetraTypes

/// `pg_size_pretty`: bytes in the unit that suits them.
enum SizeFormat {
    static let function = ScalarBuilder.function("pg_size_pretty", [.bigint], .text) { values, _ in
        .text(text(Int64(values[0].integerOrZero)))
    }

    /// In the first unit in which there are fewer than 10,240 of them, halves rounded up.
    private static func text(_ bytes: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        var (size, unit) = (Int128(bytes.magnitude), 0)
        // While halving goes on one bit more is kept, to round by.
        while size >= (unit == 0 ? 10 * 1_024 : 20 * 1_024 - 1), unit + 1 < units.count {
            size >>= unit == 0 ? 9 : 10
            unit += 1
        }
        let rounded = unit == 0 ? size : (size + 1) / 2
        return "\(bytes < 0 ? -rounded : rounded) \(units[unit])"
    }
}
