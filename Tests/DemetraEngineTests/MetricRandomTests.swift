import Demetra
import DemetraTesting
import Testing

/// A metric at any grain, over any join and window, is the quotient of sums of the raw rows.
@Suite struct `Metrics of random rows` {
    /// A row of ads as the model has it.
    private struct Ad {
        let id: Int
        let day: Int
        let channel: Int?
        let campaign: Int?
        let spend: Int?
        let revenue: Int?

        /// The value of a dimension of `dimensions`.
        func key(_ dimension: Int) -> Int? {
            switch dimension {
            case 0: day
            case 1: channel
            case 2: campaign
            default: day / 7
            }
        }
    }

    private static let dimensions = ["day", "channel", "campaign", "day / 7"]

    /// Rows in the model and in a database.
    private struct World {
        let ads: [Ad]
        let tags: [(campaign: Int, tag: Int)]
        let connection: Connection
        private let database: Database

        init(_ random: inout SeededGenerator) throws {
            func some(_ range: Range<Int>, nulls: Int) -> Int? {
                Int.random(in: 0..<10, using: &random) < nulls
                    ? nil : Int.random(in: range, using: &random)
            }
            ads = (0..<Int.random(in: 1...120, using: &random)).map { id in
                Ad(
                    id: id, day: Int.random(in: 0..<25, using: &random),
                    channel: some(0..<3, nulls: 2), campaign: some(0..<6, nulls: 1),
                    spend: some(0..<40, nulls: 2), revenue: some(0..<90, nulls: 2))
            }
            tags = (0..<Int.random(in: 0...15, using: &random)).map { _ in
                (Int.random(in: 0..<7, using: &random), Int.random(in: 0..<4, using: &random))
            }
            database = try Database.inMemory(
                configuration: DatabaseConfiguration(processorCount: 2))
            connection = database.connect()
            try run(
                "CREATE TABLE ads (id int, day int, channel int, campaign int, spend int, revenue int)"
            )
            try run("CREATE TABLE tags (campaign int, tag int)")
            try run("CREATE METRIC ret ON ads AS sum(revenue) / sum(spend)")
            try run("CREATE METRIC row_count ON ads AS count(*)")
            func text(_ value: Int?) -> String { value.map { "\($0)" } ?? "NULL" }
            let rows = ads.map { ad in
                "(\(ad.id), \(ad.day), \(text(ad.channel)), \(text(ad.campaign)), "
                    + "\(text(ad.spend)), \(text(ad.revenue)))"
            }
            try run("INSERT INTO ads VALUES " + rows.joined(separator: ", "))
            if !tags.isEmpty {
                let pairs = tags.map { "(\($0.campaign), \($0.tag))" }
                try run("INSERT INTO tags VALUES " + pairs.joined(separator: ", "))
            }
        }

        func run(_ statement: String) throws { try connection.query(SQL(statement)) }

        /// Rows of a query whose last columns are the metric and the count: keys, and what they have.
        func answer(_ query: String, keys: Int) throws -> [[Int?]: Outcome] {
            var result: [[Int?]: Outcome] = [:]
            for row in try connection.query(SQL(query)) {
                let values = row.values
                let key = values[..<keys].map { value -> Int? in
                    if case .integer(let number) = value { Int(number) } else { nil }
                }
                var ratio: Double?
                if case .double(let number) = values[keys] { ratio = number }
                var count = 0
                if case .integer(let number) = values[keys + 1] { count = Int(number) }
                result[key] = Outcome(ratio: ratio, count: count)
            }
            return result
        }
    }

    /// A metric and a count.
    private struct Outcome: Equatable, CustomStringConvertible {
        let ratio: Double?
        let count: Int

        init(ratio: Double?, count: Int) {
            self.ratio = ratio
            self.count = count
        }

        /// What rows have, as the definition says.
        init(_ ads: some Sequence<Ad>) {
            let ads = Array(ads)
            let spends = ads.compactMap(\.spend)
            let revenues = ads.compactMap(\.revenue)
            let spend = spends.reduce(0, +)
            ratio =
                spends.isEmpty || revenues.isEmpty || spend == 0
                ? nil : Double(revenues.reduce(0, +)) / Double(spend)
            count = ads.count
        }

        static func == (left: Outcome, right: Outcome) -> Bool {
            guard left.count == right.count else { return false }
            switch (left.ratio, right.ratio) {
            case (nil, nil): return true
            case (let a?, let b?): return abs(a - b) <= 1e-9 * max(1, abs(b))
            default: return false
            }
        }

        var description: String { "\(ratio.map { "\($0)" } ?? "NULL") of \(count)" }
    }

    @Test(arguments: Seed.some(40))
    func `are the quotient of the sums of each group`(seed: Seed) throws {
        var random = seed.generator
        let world = try World(&random)
        for _ in 0..<8 {
            let grain = (0..<4).filter { _ in Bool.random(using: &random) }
            let least = Int.random(in: -1..<30, using: &random)
            let expressions = grain.map { Self.dimensions[$0] }
            let list = expressions.map { $0 + ", " }.joined()
            let group = grain.isEmpty ? "" : " GROUP BY " + expressions.joined(separator: ", ")
            let query =
                "SELECT \(list)ret::float8, row_count FROM ads WHERE coalesce(spend, 99) > \(least)\(group)"
            let kept = world.ads.filter { $0.spend ?? 99 > least }
            var expected = Dictionary(grouping: kept) { ad in grain.map { ad.key($0) } }
                .mapValues { Outcome($0) }
            if grain.isEmpty, expected.isEmpty { expected[[]] = Outcome([]) }
            #expect(try world.answer(query, keys: grain.count) == expected, "\(seed) \(query)")
        }
    }

    @Test(arguments: Seed.some(40))
    func `count a row once in each group, whatever is joined to it`(seed: Seed) throws {
        var random = seed.generator
        let world = try World(&random)
        let tagsOf = Dictionary(grouping: world.tags, by: \.campaign).mapValues { pairs in
            Set(pairs.map(\.tag))
        }
        var byTag: [[Int?]: [Ad]] = [:]
        for ad in world.ads {
            for tag in ad.campaign.flatMap({ tagsOf[$0] }) ?? [] {
                byTag[[tag], default: []].append(ad)
            }
        }
        let joined =
            "SELECT tag, ret::float8, row_count FROM ads JOIN tags USING (campaign) GROUP BY tag"
        #expect(
            try world.answer(joined, keys: 1) == byTag.mapValues { Outcome($0) }, "\(seed)")
        // From the other side, where campaigns without an ad come with none.
        let outer = """
            SELECT tags.campaign, ret::float8, row_count
            FROM tags LEFT JOIN ads ON ads.campaign = tags.campaign GROUP BY tags.campaign
            """
        var byCampaign: [[Int?]: Outcome] = [:]
        for campaign in Set(world.tags.map(\.campaign)) {
            byCampaign[[campaign]] = Outcome(world.ads.filter { $0.campaign == campaign })
        }
        #expect(try world.answer(outer, keys: 1) == byCampaign, "\(seed)")
        // Each pair of rows of one table: a row is there when another one has its campaign.
        let twice = """
            SELECT a.channel, a.ret::float8, a.row_count
            FROM ads AS a JOIN ads AS b ON a.campaign = b.campaign AND a.id <> b.id GROUP BY a.channel
            """
        let paired = world.ads.filter { ad in
            world.ads.contains {
                $0.id != ad.id && $0.campaign == ad.campaign && ad.campaign != nil
            }
        }
        let expected = Dictionary(grouping: paired) { [$0.channel] }.mapValues { Outcome($0) }
        #expect(try world.answer(twice, keys: 1) == expected, "\(seed)")
    }

    @Test(arguments: Seed.some(30))
    func `over windows are the quotient of the sums of the rows in them`(seed: Seed) throws {
        var random = seed.generator
        let world = try World(&random)
        let width = Int.random(in: 0..<9, using: &random)
        let query = """
            SELECT channel, day, (ret OVER w)::float8, row_count OVER w FROM ads GROUP BY channel, day
            WINDOW w AS (PARTITION BY channel ORDER BY day RANGE BETWEEN \(width) PRECEDING AND CURRENT ROW)
            """
        var expected: [[Int?]: Outcome] = [:]
        for ad in world.ads {
            expected[[ad.channel, ad.day]] = Outcome(
                world.ads.filter {
                    $0.channel == ad.channel && ($0.day...$0.day + width).contains(ad.day)
                })
        }
        #expect(try world.answer(query, keys: 2) == expected, "\(seed) \(query)")
    }
}
