import Demetra
import Testing

/// What runs on several threads answers as one thread does.
@Suite struct `Parallel work` {
    /// Every way of working that splits rows between threads. All values are exact, so texts are equal.
    static let queries = [
        "SELECT count(*), sum(clicks), sum(spend), min(day), max(rate) FROM ads",
        "SELECT channel, count(*), sum(spend), avg(clicks) FROM ads GROUP BY channel ORDER BY 1",
        "SELECT campaign, channel, sum(revenue) FROM ads GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT id, count(*) FROM ads WHERE clicks > 990 GROUP BY id ORDER BY id",
        "SELECT count(DISTINCT campaign), count(DISTINCT clicks) FROM ads WHERE rate > 50",
        "SELECT day, count(DISTINCT channel) FROM ads GROUP BY day ORDER BY day DESC LIMIT 20",
        "SELECT DISTINCT channel, campaign FROM ads WHERE clicks IS NULL ORDER BY 1, 2",
        "SELECT id, spend FROM ads ORDER BY spend DESC, id LIMIT 25",
        "SELECT id, channel FROM ads WHERE rate BETWEEN 3 AND 3.5 ORDER BY channel, id DESC",
        "SELECT id FROM ads WHERE channel = 'meta' AND campaign IN (3, 5, 8) ORDER BY id",
        "SELECT id FROM ads LIMIT 10 OFFSET 70000",
        """
        SELECT name, sum(spend) FROM ads JOIN campaigns USING (campaign)
        GROUP BY name ORDER BY 2 DESC, 1 LIMIT 15
        """,
        """
        SELECT a.id, c.name FROM ads a LEFT JOIN campaigns c ON c.campaign = a.campaign AND c.budget > 5000
        WHERE a.id % 1000 = 7 ORDER BY a.id
        """,
        """
        SELECT c.campaign, count(a.id) FROM ads a RIGHT JOIN campaigns c ON c.campaign = a.campaign
        AND a.clicks > 500 GROUP BY 1 ORDER BY 1
        """,
        """
        SELECT count(*), count(a.id), count(c.campaign) FROM ads a FULL JOIN campaigns c
        ON c.campaign = a.campaign
        """,
        """
        SELECT count(*) FROM ads a WHERE NOT EXISTS
        (SELECT 1 FROM campaigns c WHERE c.campaign = a.campaign)
        """,
        "SELECT count(*) FROM ads WHERE campaign NOT IN (SELECT campaign FROM campaigns)",
        """
        SELECT day, sum(sum(spend)) OVER (ORDER BY day) FROM ads GROUP BY day ORDER BY day DESC LIMIT 9
        """,
        """
        SELECT * FROM (SELECT id, campaign, row_number() OVER (PARTITION BY campaign ORDER BY spend
        DESC, id) AS place FROM ads) t WHERE place <= 2 ORDER BY campaign, place
        """,
        """
        SELECT channel, percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) FROM ads
        GROUP BY channel ORDER BY 1
        """,
        "SELECT channel, string_agg(id::text, ',' ORDER BY id) FROM ads WHERE id % 9973 = 1 GROUP BY 1 ORDER BY 1",
        "SELECT id FROM ads WHERE id < 50 UNION SELECT campaign FROM ads ORDER BY 1",
        "SELECT campaign FROM ads EXCEPT SELECT campaign FROM campaigns ORDER BY 1",
        "SELECT channel, round(roas, 6) FROM ads GROUP BY channel HAVING roas > 1 ORDER BY roas",
        """
        WITH daily AS (SELECT day, sum(spend) AS spend FROM ads GROUP BY day)
        SELECT a.day, a.spend - b.spend FROM daily a JOIN daily b ON b.day = a.day - 7
        ORDER BY 2 DESC, 1 LIMIT 10
        """,
        "SELECT sum(CASE WHEN channel = 'meta' THEN spend ELSE 0 END), count(*) FILTER (WHERE clicks > 10) FROM ads",
    ]

    private static let serial = Result { try AdsFixture(processorCount: 1) }
    private static let parallel = Result { try AdsFixture(processorCount: 4) }

    @Test(arguments: queries)
    func `answers as one thread does`(query: String) throws {
        let expected = try Self.serial.get().rows(query)
        #expect(!expected.isEmpty)
        for _ in 0..<3 { #expect(try Self.parallel.get().rows(query) == expected) }
    }

    @Test func `adds floating-point numbers to nearly the same sum`() throws {
        let query =
            "SELECT channel, sum(rate), avg(rate), stddev_samp(rate) FROM ads GROUP BY 1 ORDER BY 1"
        let one: [[Value]] = try Self.serial.get().connection.query(SQL(query)).map(\.values)
        let four: [[Value]] = try Self.parallel.get().connection.query(SQL(query)).map(\.values)
        #expect(one.count == four.count)
        for (left, right) in zip(one.joined(), four.joined()) {
            guard case .double(let a) = left, case .double(let b) = right else {
                #expect(left == right)
                continue
            }
            #expect(abs(a - b) <= 1e-12 * abs(a))
        }
    }

    @Test func `gives the error of a failing row and goes on`() throws {
        let fixture = try Self.parallel.get()
        #expect(throws: DemetraError.self) {
            try fixture.rows("SELECT sum(1 / (id - 77777)) FROM ads")
        }
        #expect(try fixture.rows("SELECT count(*) FROM ads") == ["integer(150000)"])
    }
}
