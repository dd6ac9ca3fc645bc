import DemetraTypes
import DemetraVectors

/// The choice that TABLESAMPLE makes: a row, or a block of rows, is taken when the hash of its number and the
/// seed is below the percentage.
///
/// The same seed takes the same rows as long as the table stays as it is; without one each statement has its own.
package enum SampleFunctions {
    /// The function's name; no statement can say it.
    package static let name = "tablesample row"

    static let all: [ScalarFunction] = [
        ScalarFunction(
            name,
            Signature(
                [.type(.bigint), .type(.integer), .type(.double), .type(.double)],
                result: .fixed(.boolean)), volatility: .volatile, isStrict: false
        ) { (arguments, count, context) throws(DemetraError) in
            var builder = VectorBuilder(type: .boolean, capacity: count)
            for row in 0..<count {
                guard case .integer(let number) = arguments[0].value(at: row),
                    case .integer(let blockBits) = arguments[1].value(at: row),
                    case .double(let percent) = arguments[2].value(at: row)
                else {
                    builder.append(boolean: false)
                    continue
                }
                var seed = UInt64(bitPattern: context.statementTime.microseconds)
                if case .double(let given) = arguments[3].value(at: row) {
                    seed = given.bitPattern
                }
                let block = UInt64(bitPattern: number &>> blockBits)
                let place = Double(mixed(mixed(seed) ^ block) >> 11) / Double(1 << 53)
                builder.append(boolean: place * 100 < percent)
            }
            return builder.finish()
        }
    ]

    /// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var bits = number &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
