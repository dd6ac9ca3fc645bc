import Demetra
import Foundation
import Testing

/// FORECAST on series whose ends were held back, group by group.
@Suite(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
struct `Forecasts of series with known ends` {
    private struct Score {
        var error = 0.0
        var naiveError = 0.0
        var covered = 0.0
        var count = 0.0
    }

    private static let directory = SharedFiles.directory + "data/forecast/"

    /// Values of a file by series, in order.
    private func values(_ name: String) throws -> [String: [Double]] {
        let text = try String(contentsOfFile: Self.directory + name, encoding: .utf8)
        var series: [String: [Double]] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: ",")
            series[String(parts[0]), default: []].append(Double(parts[2]) ?? .nan)
        }
        return series
    }

    @Test func `are better than the last season again in every group, and covered`() throws {
        let (train, test) = (try values("train.csv"), try values("test.csv"))
        let database = try TestDatabase()
        try database.importFile(Self.directory + "train.csv", into: "train")
        try database.importFile(Self.directory + "series.csv", into: "series")
        let groups = try database.rows(
            "SELECT DISTINCT \"group\" AS name, horizon, mase_m FROM series ORDER BY name")
        #expect(groups.count == 7)
        var skills: [Double] = []
        var coverages: [Double] = []
        for group in groups {
            let name = group["name"]?.string ?? ""
            let horizon = Int(group["horizon"]?.number ?? 1)
            let rows = try database.rows(
                """
                SELECT * FROM FORECAST((SELECT t.* FROM train t JOIN series s USING (series_id)
                  WHERE s."group" = '\(name)'), series => 'series_id', horizon => \(horizon))
                """)
            let season = Int(group["mase_m"]?.number ?? 1)
            let score = score(rows, train, test, season: season)
            skills.append(1 - score.error / score.naiveError)
            coverages.append(score.covered / score.count)
            #expect(score.error < score.naiveError, "\(name)")
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        #expect(mean(skills) >= 0.16)
        #expect(mean(coverages) >= 0.87 && mean(coverages) <= 0.93)
    }

    private func score(
        _ rows: [[String: Value]], _ train: [String: [Double]], _ test: [String: [Double]],
        season: Int
    ) -> Score {
        var score = Score()
        var steps: [String: Int] = [:]
        for row in rows {
            let name = row["series_id"]?.string ?? ""
            let step = steps[name, default: 0]
            steps[name] = step + 1
            guard let past = train[name], let future = test[name], step < future.count else {
                continue
            }
            // Errors are measured in the series' own changes from season to season.
            let changes = zip(past.dropFirst(season), past).map { abs($0 - $1) }
            let scale = max(changes.reduce(0, +) / Double(changes.count), 1e-12)
            let naive = past[past.count - season + step % season]
            let share = 1 / (scale * Double(future.count))
            score.error += abs(future[step] - (row["forecast"]?.number ?? .nan)) * share
            score.naiveError += abs(future[step] - naive) * share
            score.count += 1
            if future[step] >= row["lower"]?.number ?? .nan,
                future[step] <= row["upper"]?.number ?? .nan
            {
                score.covered += 1
            }
        }
        return score
    }
}
