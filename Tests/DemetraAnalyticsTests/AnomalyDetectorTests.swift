import DemetraAnalytics
import DemetraTypes
import Testing

@Suite struct `Anomalies of one series` {
    private static let day = Civil.microsecondsPerDay

    /// Clicks with weekdays and noise: 420 days, or 40 days by the hour.
    private func series(seed: UInt64, isHourly: Bool = false) -> AnomalySeries {
        var generator = SeededGenerator(seed: seed)
        let step = isHourly ? Self.day / 24 : Self.day
        let count = isHourly ? 960 : 420
        let values = (0..<count).map { row -> Double in
            let phase = isHourly ? Double(row % 24) / 24 : Double(row % 7) / 7
            let shape = 1 + 0.4 * abs(phase - 0.5)
            return 1_000 * shape * (1 + 0.08 * generator.normal())
        }
        return AnomalySeries(
            instants: (0..<count).map { Int64($0) * step }, values: values)
    }

    private func verdicts(
        _ series: AnomalySeries, sensitivity: Double = 0.5, isOnline: Bool = true
    ) throws -> [AnomalyVerdict] {
        try AnomalyDetector.verdicts(
            series, sensitivity: sensitivity, isOnline: isOnline, cancellation: CancellationFlag())
    }

    @Test(arguments: [false, true])
    func `that is clean raise at most one false alarm a year`(isHourly: Bool) throws {
        var alarms = 0
        for seed in 0..<20 {
            print("seed \(seed)")
            alarms += try verdicts(series(seed: UInt64(seed), isHourly: isHourly))
                .count { $0.isAnomaly }
        }
        // 20 series of 1.15 years, or of a tenth of one, of which two are allowed more.
        #expect(alarms <= (isHourly ? 10 : 23))
    }

    @Test(
        arguments: [
            (4.0, Departure.Kind.spike), (0.2, .drop), (0, .zero), (.nan, .missing),
        ])
    func `are told by what they look like`(factor: Double, kind: Departure.Kind) throws {
        for isHourly in [false, true] {
            var series = series(seed: 7, isHourly: isHourly)
            series.values[300] *= factor
            let found = try verdicts(series)
            #expect(found[300].departure.kind == kind)
            #expect(found[300].isAnomaly)
            #expect(found[300].severity != nil)
            #expect(found[300].departure.score > 0.98)
        }
    }

    @Test func `that move to another level are told within the week, once`() throws {
        var series = series(seed: 3)
        for row in 200..<420 { series.values[row] *= 1.8 }
        let found = try verdicts(series)
        let alarms = found.indices.filter { found[$0].isAnomaly && $0 >= 200 }
        #expect(alarms.count == 1)
        #expect(alarms.first.map { $0 < 207 } == true)
    }

    @Test(arguments: [false, true])
    func `judge a row by earlier rows alone`(isHourly: Bool) throws {
        var whole = series(seed: 5, isHourly: isHourly)
        for row in [90, 200, 201, 310] { whole.values[row] *= 3 }
        let all = try verdicts(whole)
        for count in [1, 2, 29, 73, 91, 202, 311, 400] {
            let part = AnomalySeries(
                instants: Array(whole.instants.prefix(count)),
                values: Array(whole.values.prefix(count)))
            let found = try verdicts(part)
            for row in 0..<count {
                #expect(found[row].isAnomaly == all[row].isAnomaly)
                #expect(found[row].episode == all[row].episode)
                #expect(found[row].departure.kind == all[row].departure.kind)
                let (one, other) = (found[row].departure, all[row].departure)
                #expect(one.expected.bitPattern == other.expected.bitPattern)
                #expect(one.score.bitPattern == other.score.bitPattern)
            }
        }
    }

    @Test func `are fewer with less sensitivity`() throws {
        var series = series(seed: 9)
        for row in stride(from: 50, to: 420, by: 30) {
            series.values[row] *= 1 + Double(row) / 400
        }
        let counts = try [0.1, 0.5, 0.9].map { sensitivity in
            try verdicts(series, sensitivity: sensitivity).count { $0.episode != nil }
        }
        #expect(counts[0] < counts[1])
        #expect(counts[1] < counts[2])
    }

    @Test(arguments: [1e-9, 1, 1e12])
    func `do not depend on the unit`(scale: Double) throws {
        for isHourly in [false, true] {
            var series = series(seed: 11, isHourly: isHourly)
            series.values[250] *= 5
            let one = try verdicts(series).map(\.isAnomaly)
            series.values = series.values.map { $0 * scale }
            #expect(try verdicts(series).map(\.isAnomaly) == one)
        }
    }

    @Test func `with few impressions are no alarm, with many they are`() throws {
        var generator = SeededGenerator(seed: 2)
        let count = 24 * 30
        var ratio = AnomalySeries(instants: [], values: [])
        for row in 0..<count {
            let volume = row % 24 < 6 ? 20.0 : 20_000
            let spread = (0.02 * 0.98 / volume).squareRoot()
            ratio.instants.append(Int64(row) * Self.day / 24)
            ratio.values.append(max(0.02 + spread * generator.normal(), 0))
            ratio.volumes.append(volume)
        }
        let night = 24 * 20 + 3
        let noon = 24 * 20 + 12
        let quiet = try verdicts(ratio)
        #expect(quiet.count { $0.isAnomaly } <= 2)
        ratio.values[noon] = 0.08
        #expect(try verdicts(ratio)[noon].departure.kind == .spike)
        ratio.values[noon] = 0.02
        ratio.values[night] = 0.1
        #expect(try verdicts(ratio)[night].departure.kind == nil)
    }

    @Test func `are also found by looking at both sides, in the first weeks too`() throws {
        var series = series(seed: 13)
        series.values[10] *= 4
        series.values[200] *= 4
        let found = try verdicts(series, isOnline: false)
        #expect(found[10].departure.kind == .spike)
        #expect(found[200].departure.kind == .spike)
    }

    @Test func `that are constant are silent until they are not`() throws {
        for step in [Self.day, Self.day / 24] {
            var series = AnomalySeries(
                instants: (0..<400).map { Int64($0) * step },
                values: Array(repeating: 42, count: 400))
            #expect(try verdicts(series).allSatisfy { $0.episode == nil })
            series.values[300] = 80
            #expect(try verdicts(series)[300].departure.kind == .spike)
        }
    }

    @Test func `stop when cancelled`() {
        let flag = CancellationFlag()
        flag.cancel()
        let error = #expect(throws: DemetraError.self) {
            try AnomalyDetector.verdicts(
                series(seed: 1), sensitivity: 0.5, isOnline: true, cancellation: flag)
        }
        #expect(error?.sqlState == .queryCanceled)
    }
}
