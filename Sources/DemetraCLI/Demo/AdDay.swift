/// What one ad cost and brought on one day.
struct AdDay {
    let impressions: Int
    let reach: Int
    let clicks: Int
    /// In cents.
    let spend: Int
    /// In hundredths: some platforms attribute a conversion in parts.
    let conversions: Int
    /// In cents.
    let revenue: Int
    let videoViews: Int?
    let engagement: Int
}

/// A channel's conditions on one day, the same for all its ads.
struct ChannelDay {
    private static let incidentClickFactor = 10.5
    private static let incidentSpendFactor = 4.5
    private static let incidentConversionFactor = 0.015
    private static let incidentEngagementFactor = 0.2

    let day: Int
    private let traits: DemoChannel
    private let spend: Double
    private let conversionRate: Double
    private let isIncident: Bool
    /// How much of the final conversions a platform has reported so far.
    private let reportedShare: Double

    /// The conditions; `isFinal` false gives them as a platform first reported them.
    init(channel: Int, day: Int, plan: DemoPlan, isFinal: Bool) {
        let calendar = plan.calendar
        self.day = day
        traits = DemoChannel.all[channel]
        let level = calendar.budgetLevel(seed: plan.seed, channel: channel, day: day)
        spend = traits.adSpend * level * calendar.demand(on: day)
        conversionRate =
            traits.conversionRate * traits.efficiency(atLevel: level)
            * calendar.willingness(on: day)
        isIncident = calendar.isIncident(traits, day: day)
        let age = calendar.age(of: day)
        let shares = [0.62, 0.8, 0.93]
        reportedShare = isFinal || age >= shares.count ? 1 : shares[age]
    }

    /// The figures of one ad.
    func figures(of ad: DemoAd, random: inout DemoRandom) -> AdDay {
        let planned = spend * ad.weight * (1 + 0.1 * random.spread())
        let paid = isIncident ? planned * Self.incidentSpendFactor : planned
        let shown = planned / traits.costPerMille * 1_000 * (1 + 0.05 * random.spread())
        let impressions = max(1, Int(shown.rounded()))
        var clickRate = traits.clickRate * (1 + 0.05 * random.spread())
        var conversionRate = conversionRate * ad.quality * reportedShare
        var engagementRate = random.between(0.024, 0.034)
        if isIncident {
            clickRate *= Self.incidentClickFactor
            conversionRate *= Self.incidentConversionFactor
            engagementRate *= Self.incidentEngagementFactor
        }
        let clicks = min(impressions, random.count(mean: Double(impressions) * clickRate))
        let bought = min(clicks, random.count(mean: Double(clicks) * conversionRate))
        let attributed = traits.attributesFractions ? random.between(0.94, 1) : 1
        let conversions = Int((Double(bought) * attributed * 100).rounded())
        let value = traits.value * (1 + 0.03 * random.spread())
        return AdDay(
            impressions: impressions,
            reach: max(1, Int((Double(impressions) / random.between(1.15, 1.6)).rounded())),
            clicks: clicks, spend: Int((paid * 100).rounded()), conversions: conversions,
            revenue: Int((Double(conversions) * value).rounded()),
            videoViews: traits.hasVideo
                ? Int((Double(impressions) * random.between(0.18, 0.32)).rounded()) : nil,
            engagement: random.count(mean: Double(impressions) * engagementRate))
    }
}
