import Demetra
import Foundation
import Testing

/// DETECT_ANOMALIES on series whose anomalies are marked: how many it finds and how often it is wrong.
@Suite(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
struct `Anomalies in marked series` {
    private struct Found {
        var windows = 0
        var hits = 0
        var falseAlarms = 0
        var rows = 0
    }

    /// What the alarms on the files of a directory are worth; the first 15 % of a file do not count.
    private func judge(_ directory: String) throws -> Found {
        let path = SharedFiles.directory + "data/" + directory + "/"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path + "windows.json"))
        let windows = try JSONDecoder().decode([String: [[String]]].self, from: bytes)
        let test = try TestDatabase()
        var found = Found()
        for (number, file) in windows.keys.sorted().enumerated() {
            let table = "series_\(number)"
            try test.importFile(path + file, into: table)
            let rows = try test.rows(
                """
                SELECT ts::timestamp::text AS ts, is_anomaly FROM DETECT_ANOMALIES(
                  TABLE \(table), ts => 'timestamp', value => 'value') ORDER BY 1
                """)
            let judged = rows.dropFirst(min(rows.count * 15 / 100, 750))
            let alarms = judged.filter { $0["is_anomaly"] == .boolean(true) }
                .map { $0["ts"]?.string ?? "" }
            let marked = windows[file] ?? []
            found.rows += judged.count
            found.windows += marked.count
            found.hits += marked.count { window in
                alarms.contains { $0 >= window[0] && $0 <= window[1] }
            }
            found.falseAlarms += alarms.count { alarm in
                !marked.contains { alarm >= $0[0] && alarm <= $0[1] }
            }
        }
        return found
    }

    @Test func `by day are nearly all found, with hardly a false alarm`() throws {
        let found = try judge("anomaly_daily")
        let precision = Double(found.hits) / Double(found.hits + found.falseAlarms)
        let recall = Double(found.hits) / Double(found.windows)
        #expect(2 * precision * recall / (precision + recall) >= 0.95)
    }

    @Test func `by the hour and finer are mostly found, with few false alarms`() throws {
        let found = try judge("anomaly")
        #expect(found.hits >= 16)
        #expect(1_000 * Double(found.falseAlarms) / Double(found.rows) <= 0.7)
    }
}
