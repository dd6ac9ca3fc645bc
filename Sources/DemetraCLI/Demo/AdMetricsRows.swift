import Demetra

/// The rows of `ad_metrics`, day by day.
struct AdMetricsRows {
    /// Rows given at once: large enough for the store, small enough to forget soon.
    private static let portionRowCount = 32 * Batch.capacity
    /// One unit of numeric(20,6) in hundredths.
    private static let unitsPerHundredth = Int128(10_000)

    private let plan: DemoPlan
    private let texts: AdTexts

    /// The rows of a plan.
    init(_ plan: DemoPlan) {
        self.plan = plan
        texts = AdTexts(plan.ads)
    }

    /// Gives all rows in portions.
    ///
    /// - Parameters:
    ///   - lastDays: only that many of the last days; nil for all.
    ///   - isFinal: false for what the platforms reported first, before they restated their last days.
    func forEachPortion(
        lastDays: Int? = nil, isFinal: Bool, _ body: ([Batch]) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        var columns = AdMetricsColumns()
        var portion: [Batch] = []
        let calendar = plan.calendar
        for day in (lastDays.map { calendar.today - $0 } ?? calendar.firstDay)..<calendar.today {
            let conditions = DemoChannel.all.indices.map {
                ChannelDay(channel: $0, day: day, plan: plan, isFinal: isFinal)
            }
            for index in 0..<plan.activeAdCount(on: day) {
                let ad = plan.ads.ads[index]
                var random = DemoRandom(seed: plan.seed, kind: 4, index, day)
                columns.append(
                    index, day, conditions[ad.channel].figures(of: ad, random: &random))
                if columns.count == Batch.capacity { portion.append(batch(&columns)) }
            }
            if portion.count * Batch.capacity >= Self.portionRowCount {
                try body(portion)
                portion = []
            }
        }
        if columns.count > 0 { portion.append(batch(&columns)) }
        if !portion.isEmpty { try body(portion) }
    }

    /// The last day of each campaign, summed over its ads.
    func lastDayByCampaign() -> [AdDay] {
        let day = plan.calendar.today - 1
        var sums = plan.ads.campaigns.map { _ in
            AdDay(
                impressions: 0, reach: 0, clicks: 0, spend: 0, conversions: 0, revenue: 0,
                videoViews: nil, engagement: 0)
        }
        for index in 0..<plan.activeAdCount(on: day) {
            let ad = plan.ads.ads[index]
            let conditions = ChannelDay(channel: ad.channel, day: day, plan: plan, isFinal: true)
            var random = DemoRandom(seed: plan.seed, kind: 4, index, day)
            let one = conditions.figures(of: ad, random: &random)
            let sum = sums[ad.campaign]
            sums[ad.campaign] = AdDay(
                impressions: sum.impressions + one.impressions, reach: sum.reach + one.reach,
                clicks: sum.clicks + one.clicks, spend: sum.spend + one.spend,
                conversions: sum.conversions + one.conversions,
                revenue: sum.revenue + one.revenue, videoViews: nil,
                engagement: sum.engagement + one.engagement)
        }
        return sums
    }

    private func batch(_ columns: inout AdMetricsColumns) -> Batch {
        defer { columns.removeAll() }
        let ads = columns.ads
        let money = LogicalType.numeric(NumericModifier(precision: 20, scale: 6))
        func whole(_ values: [Int64]) -> Vector {
            Vector(type: .bigint, count: ads.count, validity: nil, storage: .int64(Buffer(values)))
        }
        func exact(_ hundredths: [Int]) -> Vector {
            let units = hundredths.map { Int128($0) * Self.unitsPerHundredth }
            return Vector(
                type: money, count: ads.count, validity: nil, storage: .int128(Buffer(units)))
        }
        let times = columns.days.map { Int64($0) * Civil.microsecondsPerDay }
        let time = Vector(
            type: .timestamp, count: ads.count, validity: nil, storage: .int64(Buffer(times)))
        return Batch(
            [time] + texts.vectors(ads) + [
                whole(columns.impressions), whole(columns.reach), whole(columns.clicks),
                exact(columns.spend), exact(columns.conversions), exact(columns.revenue),
                Vector(columns.videoViews, type: .bigint), whole(columns.engagement),
            ], count: ads.count)
    }
}

/// The figures of up to a batch of rows, column by column.
private struct AdMetricsColumns {
    var ads: [Int] = []
    var days: [Int] = []
    var impressions: [Int64] = []
    var reach: [Int64] = []
    var clicks: [Int64] = []
    var spend: [Int] = []
    var conversions: [Int] = []
    var revenue: [Int] = []
    var videoViews: [Value] = []
    var engagement: [Int64] = []

    var count: Int { ads.count }

    mutating func append(_ ad: Int, _ day: Int, _ figures: AdDay) {
        ads.append(ad)
        days.append(day)
        impressions.append(Int64(figures.impressions))
        reach.append(Int64(figures.reach))
        clicks.append(Int64(figures.clicks))
        spend.append(figures.spend)
        conversions.append(figures.conversions)
        revenue.append(figures.revenue)
        videoViews.append(figures.videoViews.map { .integer(Int64($0)) } ?? .null)
        engagement.append(Int64(figures.engagement))
    }

    mutating func removeAll() { self = AdMetricsColumns() }
}

/// The text columns of `ad_metrics`, in the order of the table.
private struct AdTexts {
    private let columns: [SharedTexts]

    init(_ all: DemoAds) {
        func shared(_ text: (DemoAd) -> String) -> SharedTexts { SharedTexts(all.ads.map(text)) }
        columns = [
            shared { DemoChannel.all[$0.channel].name },
            shared { DemoChannel.all[$0.channel].account },
            shared { all.campaigns[$0.campaign].id },
            shared { all.campaigns[$0.campaign].name },
            shared(\.adgroupID), shared(\.adgroupName), shared(\.adID), shared(\.adName),
            shared(\.country), shared(\.device), shared(\.placement), shared { _ in "USD" },
        ]
    }

    func vectors(_ ads: [Int]) -> [Vector] { columns.map { $0.vector(ads) } }
}
