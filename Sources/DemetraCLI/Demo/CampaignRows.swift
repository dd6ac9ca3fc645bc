import Demetra

/// The rows of `campaigns` and `budgets`, which follow from the last day of `ad_metrics`.
struct CampaignRows {
    private static let dailyRoom = 1.45

    private let plan: DemoPlan
    private let lastDay: [AdDay]

    /// The rows of a plan, given each campaign's last day.
    init(_ plan: DemoPlan, lastDay: [AdDay]) {
        self.plan = plan
        self.lastDay = lastDay
    }

    /// One row a campaign; the last sync, at midnight, wrote it.
    var campaigns: [[Value]] {
        let calendar = plan.calendar
        let synced = Value.timestamp(calendar.midnight(of: calendar.today))
        return zip(plan.ads.campaigns, lastDay).enumerated().map { index, pair in
            let (campaign, day) = pair
            let started = calendar.today - min(campaign.durationDays, calendar.dayCount)
            return [
                .integer(Int64(index + 1)), .text(campaign.id), .text(campaign.audience),
                .text(campaign.goal), .integer(Int64(campaign.durationDays)),
                .text(DemoChannel.all[campaign.channel].name),
                Self.ratio(day.conversions, day.clicks * 100, digits: 4),
                .numeric(Decimal(unscaled: Int128(day.spend), scale: 2)),
                Self.ratio(day.revenue - day.spend, day.spend, digits: 4),
                .text(campaign.location), .text(campaign.language),
                .integer(Int64(day.clicks)), .integer(Int64(day.impressions)),
                .double(Self.engagementScore(day)), .text(campaign.segment),
                .date(CalendarDate(days: Int32(calendar.today - 1))),
                .timestamp(calendar.midnight(of: started)), synced,
            ]
        }
    }

    /// A budget a day and a month for each channel, and for all together: an ordinary day takes two thirds of
    /// its budget, and a month leaves room for the fortnights in which more is tried.
    var budgets: [[Value]] {
        let calendar = plan.calendar
        let demand = calendar.seasonalDemand(on: calendar.today - 1)
        var rows: [[Value]] = []
        var total = 0
        for (index, channel) in DemoChannel.all.enumerated() {
            let weight = plan.ads.ads.reduce(0) { $1.channel == index ? $0 + $1.weight : $0 }
            let usual = weight * channel.adSpend * demand
            // Whole tens, as people set them.
            let amount = Int((usual * Self.dailyRoom / 10).rounded(.up)) * 10
            total += amount
            rows += Self.budget(channel.name, amount)
        }
        return rows + Self.budget("total", total * 3 / 2)
    }

    private static func budget(_ scope: String, _ perDay: Int) -> [[Value]] {
        [("day", perDay), ("month", perDay * 45)].map { period, amount in
            [
                .text(scope), .text(period),
                .numeric(Decimal(unscaled: Int128(amount) * 100, scale: 2)),
            ]
        }
    }

    /// How people take to a campaign, from 1 to 10: its engagement rate in units of 0.45 percent.
    private static func engagementScore(_ day: AdDay) -> Double {
        guard day.impressions > 0 else { return 1 }
        let rate = Double(day.engagement) / Double(day.impressions)
        return (min(10, max(1, rate / 0.0045)) * 10).rounded() / 10
    }

    private static func ratio(_ part: Int, _ whole: Int, digits: Int) -> Value {
        guard whole > 0 else { return .null }
        let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        return .double((Double(part) / Double(whole) * power).rounded() / power)
    }
}
