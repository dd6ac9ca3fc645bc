/// One advertising channel of the demo: what it costs, what it brings and how soon it saturates.
struct DemoChannel {
    /// The name in `ad_metrics.platform` and wherever a channel is named.
    let name: String
    /// The advertiser's account there.
    let account: String
    /// Money for a thousand impressions.
    let costPerMille: Double
    /// Clicks for an impression.
    let clickRate: Double
    /// Conversions for a click at the usual spend.
    let conversionRate: Double
    /// Revenue for a conversion.
    let value: Double
    /// Spend, in multiples of the usual one, at which half of all reachable conversions are bought.
    let halfSaturation: Double
    /// Spend of an ad on an ordinary day.
    let adSpend: Double
    /// True for platforms that report views of videos.
    let hasVideo: Bool
    /// True for platforms that attribute a conversion to several clicks in parts.
    let attributesFractions: Bool
    /// Where its ads are shown.
    let placements: [String]

    /// How much a conversion dearer or cheaper than usual is at a level of spend: 1 at the usual one, less
    /// above it. Conversions then follow spend / (spend + half), the curve budgets are allocated by.
    func efficiency(atLevel level: Double) -> Double {
        (1 + halfSaturation) / (level + halfSaturation)
    }

    /// The six channels that the product names. Returns on spend lie between 3.8 and 4.5 at the usual spend.
    static let all: [DemoChannel] = [
        DemoChannel(
            name: "facebook", account: "act_1029384756", costPerMille: 6.2, clickRate: 0.021,
            conversionRate: 0.118, value: 10.6, halfSaturation: 1.1, adSpend: 62, hasVideo: true,
            attributesFractions: false, placements: ["feed", "reels", "marketplace"]),
        DemoChannel(
            name: "instagram", account: "act_1029384757", costPerMille: 6.8, clickRate: 0.019,
            conversionRate: 0.107, value: 13.6, halfSaturation: 0.9, adSpend: 54, hasVideo: true,
            attributesFractions: false, placements: ["feed", "stories", "reels"]),
        DemoChannel(
            name: "google", account: "664-201-9983", costPerMille: 14.5, clickRate: 0.046,
            conversionRate: 0.132, value: 10.7, halfSaturation: 2.2, adSpend: 71, hasVideo: false,
            attributesFractions: true, placements: ["search", "display"]),
        DemoChannel(
            name: "tiktok", account: "7104459921", costPerMille: 4.1, clickRate: 0.017,
            conversionRate: 0.091, value: 10.9, halfSaturation: 0.6, adSpend: 48, hasVideo: true,
            attributesFractions: false, placements: ["for_you", "search"]),
        DemoChannel(
            name: "yandex", account: "demetra-direct", costPerMille: 9.4, clickRate: 0.034,
            conversionRate: 0.121, value: 10.1, halfSaturation: 1.6, adSpend: 57, hasVideo: false,
            attributesFractions: false, placements: ["search", "network"]),
        DemoChannel(
            name: "telegram", account: "demetra_ads", costPerMille: 3.2, clickRate: 0.012,
            conversionRate: 0.101, value: 10.5, halfSaturation: 0.5, adSpend: 39, hasVideo: false,
            attributesFractions: false, placements: ["channels"]),
    ]
}
