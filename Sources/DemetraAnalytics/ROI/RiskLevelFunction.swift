package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `RISK_LEVEL(roi)`: below 1 is `high`, below 2 `medium`, else `low`.
///
/// A rule for a known return. A prediction's `risk_level` comes from its probability of a loss instead.
package enum RiskLevelFunction {
    /// The scalar function.
    package static let function = ScalarFunction(
        "risk_level", Signature([.type(.double)], result: .fixed(.text))
    ) { arguments, count, _ throws(DemetraError) in
        var numbers: [Double] = []
        NumberReader.append(arguments[0], to: &numbers)
        let texts = numbers.map { $0.isNaN ? nil : ($0 < 1 ? "high" : ($0 < 2 ? "medium" : "low")) }
        return ResultColumn.texts(texts).vector(0..<count, type: .text)
    }
}
