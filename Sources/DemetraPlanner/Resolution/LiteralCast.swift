import DemetraTypes

/// Casts of literals that lose nothing, done while binding: conditions then compare a column with a
/// constant of its own type, which scans can look up in zone maps.
enum LiteralCast {
    /// The literal as a value of `target`; nil where the cast is left to the engine.
    static func exact(
        _ value: Value, from source: LogicalType, to target: LogicalType
    ) -> Value? {
        switch (value, target) {
        case (.integer(let number), .smallint):
            return Int16(exactly: number).map { .integer(Int64($0)) }
        case (.integer(let number), .integer):
            return Int32(exactly: number).map { .integer(Int64($0)) }
        case (.integer(let number), .system(let type)) where type.isNumber && source.isInteger:
            return SystemType.numbers.contains(number) ? .some(value) : .none
        case (.integer, .bigint): return .some(value)
        case (.integer(let number), .numeric(let modifier)):
            return fitted(Decimal(number), modifier)
        case (.numeric(let number), .numeric(let modifier)): return fitted(number, modifier)
        case (.integer(let number), .double):
            return Double(exactly: number).map { .double($0) }
        case (.numeric(let number), .double):
            // What would become zero is left to the engine, which refuses it.
            let double = number.doubleValue
            return number.isNaN || (double == 0 && !number.unscaled.isZero) ? nil : .double(double)
        case (.date(let date), .timestamp): return .timestamp(date.timestamp)
        case (.text, .text) where source.isText: return value
        default: return nil
        }
    }

    /// The number at a modifier's scale, when that changes nothing but trailing zeros.
    static func fitted(_ number: Decimal, _ modifier: NumericModifier?) -> Value? {
        guard let modifier else { return .numeric(number) }
        guard let fitted = try? number.fitted(to: modifier), fitted.compare(number) == 0 else {
            return nil
        }
        return .numeric(fitted)
    }
}
