import Demetra

/// The rows of `social_ads`: finished campaigns with what was known before they ran and what they returned.
///
/// The return has a part that can be learned (channel, goal, audience, length) and a part that cannot, about
/// as large, so that a model finds a signal and still must give an interval.
struct SocialAdsRows {
    private static let counts = 2_000...20_000
    private static let channels: [(name: String, roi: Double)] = [
        ("Instagram", 3.6), ("Facebook", 3.0), ("Pinterest", 1.2), ("Twitter", 2.4),
    ]
    private static let goals: [(name: String, roi: Double)] = [
        ("Increase Sales", 0.9), ("Product Launch", 0.2), ("Market Expansion", -0.3),
        ("Brand Awareness", -0.8),
    ]
    private static let audiences: [(name: String, roi: Double)] = [
        ("Men 18-24", -0.3), ("Women 18-24", 0.1), ("Men 25-34", 0.2), ("Women 25-34", 0.6),
        ("Men 35-44", 0.1), ("Women 35-44", 0.3), ("All Ages", -0.4),
    ]
    private static let segments = ["Fashion", "Food", "Health", "Home", "Technology"]
    private static let places = [
        ("New York", "English"), ("Las Vegas", "English"), ("Austin", "English"),
        ("Los Angeles", "Spanish"), ("Miami", "Spanish"), ("Montreal", "French"),
    ]
    private static let companies = [
        "Alpine Goods", "Blue Harbor", "Corner Bakery", "Daily Optics", "Elm Street Shoes",
        "Fresh Fields",
    ]

    private let plan: DemoPlan

    /// The rows of a plan: one for every twenty of `ad_metrics`, within bounds.
    init(_ plan: DemoPlan) { self.plan = plan }

    /// All rows.
    var rows: [[Value]] {
        let count = min(Self.counts.upperBound, max(Self.counts.lowerBound, plan.rowCount / 20))
        return (0..<count).map(row)
    }

    private func row(_ number: Int) -> [Value] {
        var random = DemoRandom(seed: plan.seed, kind: 5, number)
        let channel = Self.channels[random.index(below: Self.channels.count)]
        let goal = Self.goals[random.index(below: Self.goals.count)]
        let audience = Self.audiences[random.index(below: Self.audiences.count)]
        let place = Self.places[random.index(below: Self.places.count)]
        let duration = 15 * (1 + random.index(below: 4))
        let cost = random.between(500, 15_000)
        let impressions = Int(cost * random.between(6, 12))
        let clicks = random.count(mean: Double(impressions) * random.between(0.08, 0.3))
        let learned = channel.roi + goal.roi + audience.roi + 0.25 * Double(30 - duration) / 15
        let roi = min(8, max(0, learned + 0.8 * random.spread()))
        let day = plan.calendar.today - 1 - random.index(below: 365)
        return [
            .integer(Int64(100_000 + number)), .text(audience.name), .text(goal.name),
            .text("\(duration) Days"), .text(channel.name),
            .double((random.between(0.02, 0.15) * 100).rounded() / 100),
            .numeric(Decimal(unscaled: Int128((cost * 100).rounded()), scale: 2)),
            .double((roi * 100).rounded() / 100), .text(place.0), .text(place.1),
            .integer(Int64(clicks)), .integer(Int64(impressions)),
            .integer(Int64(1 + random.index(below: 10))),
            .text(Self.segments[random.index(below: Self.segments.count)]),
            .date(CalendarDate(days: Int32(day))),
            .text(Self.companies[random.index(below: Self.companies.count)]),
        ]
    }
}
