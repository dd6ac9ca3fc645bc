import DemetraTypes
import DemetraVectors

/// How risky a prediction is, by its probability of a loss.
package enum RiskLevel: String, CaseIterable, Sendable {
    /// A loss is unlikely.
    case low
    /// A loss is possible.
    case medium
    /// A loss is likely, or about as likely as not.
    case high

    /// `low` under 0.15, `medium` under 0.40, else `high`.
    package init(lossProbability: Double) {
        self = lossProbability < 0.15 ? .low : (lossProbability < 0.40 ? .medium : .high)
    }

    private static let dictionary: VectorDictionary = {
        var texts = TextBuilder(capacity: allCases.count)
        for level in allCases { texts.append(level.rawValue) }
        return VectorDictionary(values: texts.freeze())
    }()

    /// The level of every row, as text.
    static func vector(_ lossProbabilities: [Double]) -> Vector {
        let codes = lossProbabilities.map { probability -> Int32 in
            switch RiskLevel(lossProbability: probability) {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }
        return Vector(
            type: .text, count: codes.count,
            storage: .dictionary(codes: Buffer(codes), dictionary))
    }
}
