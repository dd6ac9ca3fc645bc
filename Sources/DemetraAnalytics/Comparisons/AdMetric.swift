/// A figure of advertising: a ratio of two sums, or a sum.
enum AdMetric: String, Sendable, CaseIterable {
    case roi, roas, cpa, cpc, cvr, ctr
    case spend, revenue, clicks, impressions, conversions

    /// A column that a metric is made of.
    enum Role: String, Sendable, CaseIterable {
        case spend, revenue, clicks, impressions, conversions

        /// Names that the column usually has, the likeliest first.
        var usualNames: [String] {
            switch self {
            case .spend: ["spend", "cost", "spent", "amount_spent"]
            case .revenue: ["revenue", "conversion_value", "sales"]
            case .clicks: ["clicks"]
            case .impressions: ["impressions", "views"]
            case .conversions: ["conversions", "purchases", "orders"]
            }
        }
    }

    /// The ratios, which can be compared.
    static let ratios: [AdMetric] = [.roi, .roas, .cpa, .cpc, .cvr, .ctr]

    /// What is summed above the line, or alone.
    var top: Role {
        switch self {
        case .roi, .roas, .revenue: .revenue
        case .cpa, .cpc, .spend: .spend
        case .cvr, .conversions: .conversions
        case .ctr, .clicks: .clicks
        case .impressions: .impressions
        }
    }

    /// What is summed below the line; nil for a sum.
    var bottom: Role? {
        switch self {
        case .roi, .roas: .spend
        case .cpa: .conversions
        case .cpc, .cvr: .clicks
        case .ctr: .impressions
        case .spend, .revenue, .clicks, .impressions, .conversions: nil
        }
    }

    /// What is added to the ratio: ROI is (revenue - spend) / spend.
    var offset: Double { self == .roi ? -1 : 0 }

    /// True for a share of trials.
    var isProportion: Bool { self == .cvr || self == .ctr }

    /// True when less is better.
    var isCost: Bool { self == .cpa || self == .cpc }
}
