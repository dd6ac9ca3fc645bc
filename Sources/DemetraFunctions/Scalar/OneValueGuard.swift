package import DemetraTypes
import DemetraVectors

extension ScalarFunction {
    /// Gives its first argument back, unless the group it is of holds several values of something.
    ///
    /// The other arguments are the least and the greatest of those values, how many there are, and how many rows
    /// the group has: rows without a value are one more value. A group without any is let through.
    ///
    /// - Parameter refusal: what is thrown then.
    package static func oneValueGuard(_ name: String, refusal: DemetraError) -> ScalarFunction {
        ScalarFunction(
            name, Signature([.any, .any, .any, .any, .any], result: .argument(0)), isStrict: false
        ) { (arguments, count, _) throws(DemetraError) in
            for row in 0..<count {
                guard case .integer(let known) = arguments[3].value(at: row), known > 0,
                    case .integer(let all) = arguments[4].value(at: row)
                else { continue }
                let (least, greatest) = (
                    arguments[1].value(at: row), arguments[2].value(at: row)
                )
                guard known == all, ValueComparison.compare(least, greatest) == 0 else {
                    throw refusal
                }
            }
            return arguments[0]
        }
    }
}
