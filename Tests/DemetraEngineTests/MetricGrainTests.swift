import Demetra
import Testing

/// A metric is its expression at the grain of the query, whatever the grain.
@Suite struct `Metrics at every grain` {
    private static let fixture = Result { try AdsFixture(processorCount: 2) }
    private static let dimensions = [
        "channel", "campaign % 5", "date_trunc('month', day)", "clicks > 500",
    ]
    private static let expression = "sum(revenue) / nullif(sum(spend), 0)"

    /// Each set of dimensions, the empty one too.
    static let grains: [[String]] = (0..<(1 << dimensions.count)).map { bits in
        dimensions.indices.filter { bits >> $0 & 1 == 1 }.map { dimensions[$0] }
    }

    @Test(arguments: grains)
    func `are recomputed from their sums`(grain: [String]) throws {
        let list = grain.map { $0 + ", " }.joined()
        let group =
            grain.isEmpty
            ? "" : " GROUP BY " + grain.indices.map { "\($0 + 1)" }.joined(separator: ", ")
        let order = " ORDER BY " + (0...grain.count).map { "\($0 + 1)" }.joined(separator: ", ")
        try compare("SELECT \(list)@ FROM ads\(group)\(order)")
        try compare("SELECT \(list)round(@ * 100, 2) FROM ads WHERE spend > 20\(group)\(order)")
        try compare("SELECT \(list)@ > 1 FROM ads\(group) HAVING @ > 0.9\(order)")
    }

    @Test func `are recomputed over joins, in subqueries, CTEs, windows and ORDER BY`() throws {
        try compare(
            """
            SELECT name, @ FROM ads JOIN campaigns USING (campaign) GROUP BY name ORDER BY @ DESC, name
            """)
        try compare(
            """
            WITH best AS (SELECT channel, @ AS value FROM ads GROUP BY channel)
            SELECT channel, value FROM best WHERE value > (SELECT @ FROM ads) ORDER BY 1
            """)
        try compare(
            """
            SELECT channel, @, rank() OVER (ORDER BY @ DESC), @ - lag(@) OVER (ORDER BY channel)
            FROM ads GROUP BY channel ORDER BY 1
            """)
        try compare("SELECT campaign FROM ads GROUP BY campaign ORDER BY @ LIMIT 5")
        try compare("SELECT CASE WHEN @ > 2 THEN 'good' ELSE 'bad' END FROM ads")
    }

    @Test func `that divide by nothing are NULL`() throws {
        let rows = try Self.fixture.get().rows("SELECT roas FROM ads WHERE spend = 0")
        #expect(rows == ["null"])
    }

    /// Runs the query with the metric's name and with its expression in place of `@`.
    private func compare(_ query: String) throws {
        let fixture = try Self.fixture.get()
        let expected = try fixture.rows(query.replacing("@", with: "(" + Self.expression + ")"))
        #expect(!expected.isEmpty)
        #expect(try fixture.rows(query.replacing("@", with: "roas")) == expected, "\(query)")
    }
}
