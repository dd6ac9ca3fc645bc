/// One ad of the demo, with the texts that all its rows share.
struct DemoAd {
    /// Place in `DemoChannel.all`.
    let channel: Int
    /// Place in `DemoAds.campaigns`.
    let campaign: Int
    /// How much of a usual ad's money it gets.
    let weight: Double
    /// How well it sells, around 1.
    let quality: Double
    let adgroupID: String
    let adgroupName: String
    let adID: String
    let adName: String
    let country: String
    let device: String
    let placement: String
}

/// One campaign of the demo.
struct DemoCampaign {
    let channel: Int
    let id: String
    let name: String
    let goal: String
    let audience: String
    let segment: String
    let language: String
    let location: String
    /// Days it has been planned for.
    let durationDays: Int
}

/// The campaigns of the demo and their ads, spread evenly over the channels.
struct DemoAds {
    private static let adsPerCampaign = 4
    private static let prefixes = ["FB", "IG", "GA", "TT", "YD", "TG"]
    private static let goals = ["Sales", "Leads", "App installs", "Brand awareness"]
    private static let audiences = [
        "Women 18-24", "Women 25-34", "Men 25-34", "Men 35-44", "All ages",
    ]
    private static let segments = ["Fashion", "Food", "Health", "Home", "Technology"]
    private static let products = [
        "Spring sale", "New collection", "Loyalty", "Free delivery", "Gift cards", "Clearance",
        "Back to school", "Weekend deals",
    ]
    private static let places: [(country: String, location: String, language: String)] = [
        ("US", "New York", "English"), ("DE", "Berlin", "German"), ("ES", "Madrid", "Spanish"),
        ("FR", "Paris", "French"), ("GB", "London", "English"),
    ]

    private(set) var campaigns: [DemoCampaign] = []
    private(set) var ads: [DemoAd] = []

    /// The first `count` ads of a seed.
    init(count: Int, seed: UInt64) {
        let channelCount = DemoChannel.all.count
        var campaignOf: [Int: Int] = [:]
        for number in 0..<count {
            let channel = number % channelCount
            let turn = number / channelCount / Self.adsPerCampaign
            let key = turn * channelCount + channel
            let campaign = campaignOf[key] ?? addCampaign(channel: channel, number: key, seed: seed)
            campaignOf[key] = campaign
            ads.append(Self.ad(number, channel, campaigns[campaign], at: campaign, seed))
        }
    }

    private mutating func addCampaign(channel: Int, number: Int, seed: UInt64) -> Int {
        var random = DemoRandom(seed: seed, kind: 2, number)
        let product = Self.products[random.index(below: Self.products.count)]
        let place = Self.places[random.index(below: Self.places.count)]
        let digits = String(0x1000_0000 + number * 7_919 + channel, radix: 16).uppercased()
        campaigns.append(
            DemoCampaign(
                channel: channel, id: "\(Self.prefixes[channel])_\(digits)",
                name: "\(product) \(place.country) \(number / DemoChannel.all.count + 1)",
                goal: Self.goals[random.index(below: Self.goals.count)],
                audience: Self.audiences[random.index(below: Self.audiences.count)],
                segment: Self.segments[random.index(below: Self.segments.count)],
                language: place.language, location: place.location,
                durationDays: 15 * (1 + random.index(below: 4))))
        return campaigns.count - 1
    }

    private static func ad(
        _ number: Int, _ channel: Int, _ campaign: DemoCampaign, at index: Int, _ seed: UInt64
    ) -> DemoAd {
        var random = DemoRandom(seed: seed, kind: 3, number)
        let traits = DemoChannel.all[channel]
        let placement = traits.placements[random.index(below: traits.placements.count)]
        let country = places.first { $0.location == campaign.location }?.country ?? ""
        return DemoAd(
            channel: channel, campaign: index, weight: random.between(0.8, 1.2),
            quality: random.between(0.92, 1.08), adgroupID: "\(campaign.id)_\(placement)",
            adgroupName: "\(campaign.audience), \(placement)", adID: "\(30_000_000 + number)",
            adName: "\(campaign.segment) creative \(number / DemoChannel.all.count % 4 + 1)",
            country: country, device: random.uniform() < 0.7 ? "mobile" : "desktop",
            placement: placement)
    }
}
