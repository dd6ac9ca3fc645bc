import DemetraAnalytics
import DemetraTypes
import Testing

@Suite struct `Forecasts of one series` {
    private func forecast(
        _ values: [Double], seasons: [Int] = [7], horizon: Int = 14, level: Double = 0.9,
        method: ForecastMethod? = nil, isNonnegative: Bool = false, holidays: [Int32] = []
    ) throws -> SeriesForecast {
        try SeriesForecast(
            ForecastProblem(
                values: values, seasons: seasons, horizon: horizon, level: level, method: method,
                isNonnegative: isNonnegative, holidays: holidays),
            cancellation: CancellationFlag())
    }

    private func weekly(_ count: Int, seed: UInt64, noise: Double = 0) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map {
            100 + 20 * [0, 1, 2, 1, 0, -2, -2][$0 % 7] + noise * generator.normal()
        }
    }

    @Test func `a series that repeats is repeated with an interval of nothing`() throws {
        let values = weekly(70, seed: 1)
        let result = try forecast(values)
        for (step, value) in result.path.enumerated() {
            #expect(abs(value - values[step % 7]) < 1e-9)
            #expect(result.upper[step] - result.lower[step] < 1e-6)
        }
    }

    @Test func `a constant series forecasts itself`() throws {
        let result = try forecast(Array(repeating: 5, count: 40))
        #expect(result.method == "constant")
        #expect(result.path == Array(repeating: 5, count: 14))
        #expect(result.lower == result.path && result.upper == result.path)
    }

    @Test(arguments: UInt64(1)...5)
    func `noise around a week is averaged: better than the last week again`(seed: UInt64) throws {
        let result = try forecast(weekly(200, seed: seed, noise: 15))
        #expect(result.skill > 0.1, "seed \(seed)")
        let truth = weekly(214, seed: 1).suffix(14)
        let error = zip(result.path, truth).reduce(0) { $0 + abs($1.0 - $1.1) } / 14
        #expect(error < 8, "seed \(seed)")
    }

    @Test func `intervals hold what their level says`() throws {
        var (inside, count) = (0, 0)
        for seed in UInt64(1)...30 {
            let all = weekly(228, seed: seed, noise: 15)
            let result = try forecast(Array(all.dropLast(28)), horizon: 28)
            for (step, value) in all.suffix(28).enumerated() {
                count += 1
                if value >= result.lower[step], value <= result.upper[step] { inside += 1 }
            }
        }
        let coverage = Double(inside) / Double(count)
        #expect(coverage > 0.85 && coverage < 0.97, "\(coverage)")
    }

    @Test func `a higher level gives a wider interval, and later steps are no narrower`() throws {
        let values = weekly(120, seed: 3, noise: 10)
        let (narrow, wide) = (try forecast(values, level: 0.6), try forecast(values, level: 0.95))
        for step in 0..<14 {
            let width = wide.upper[step] - wide.lower[step]
            #expect(width >= narrow.upper[step] - narrow.lower[step])
            if step > 0 {
                #expect(width >= wide.upper[step - 1] - wide.lower[step - 1] - 1e-9)
            }
        }
    }

    @Test(arguments: [1e-9, 1e-300, 1e12, 1e300])
    func `the unit changes nothing but the unit`(scale: Double) throws {
        let values = weekly(100, seed: 9, noise: 5)
        let one = try forecast(values)
        let other = try forecast(values.map { $0 * scale })
        for step in one.path.indices {
            #expect(abs(other.path[step] / scale - one.path[step]) < 1e-6)
            #expect(abs(other.upper[step] / scale - one.upper[step]) < 1e-6)
        }
        #expect(abs(one.skill - other.skill) < 1e-9)
    }

    @Test func `counts never go below zero, and others may`() throws {
        let falling = (0..<60).map { max(Double(120 - 2 * $0), 0) }
        let counts = try forecast(falling, isNonnegative: true)
        #expect(counts.path.allSatisfy { $0 >= 0 } && counts.lower.allSatisfy { $0 >= 0 })
        let profits = (0..<60).map { Double(30 - 2 * $0) }
        #expect(try forecast(profits).path.allSatisfy { $0 < 0 })
    }

    @Test func `a single spike is left out and told of`() throws {
        var values = weekly(140, seed: 4, noise: 2)
        let before = try forecast(values, method: .theta)
        values[130] += 5_000
        let after = try forecast(values, method: .theta)
        #expect(after.notes.contains { $0.contains("spike") })
        for step in before.path.indices { #expect(abs(before.path[step] - after.path[step]) < 30) }
    }

    @Test func `a level that moved for a whole season is followed`() throws {
        var values = weekly(140, seed: 5, noise: 2)
        for index in 133..<140 { values[index] += 400 }
        let result = try forecast(values)
        #expect(result.notes.contains { $0.contains("level moved") })
        #expect(result.path.allSatisfy { $0 > 350 })
    }

    @Test func `holidays of the past tell of those to come`() throws {
        var values = weekly(200, seed: 6, noise: 2)
        var codes = [Int32](repeating: -1, count: 214)
        for day in [40, 95, 150] {
            values[day] += 300
            codes[day] = 1
        }
        codes[205] = 1
        let result = try forecast(values, holidays: codes)
        let plain = try forecast(values)
        #expect(result.path[5] - plain.path[5] > 100)
    }

    @Test(arguments: [2, 3, 5, 8, 13, 20])
    func `short histories get an answer and a finite interval`(count: Int) throws {
        let result = try forecast(weekly(count, seed: 7, noise: 5), horizon: 40)
        #expect(result.path.count == 40)
        #expect(
            zip(result.lower, result.upper).allSatisfy { $0 <= $1 && $0.isFinite && $1.isFinite })
    }

    @Test(arguments: ForecastMethod.allCases)
    func `each method can be asked for`(method: ForecastMethod) throws {
        let result = try forecast(weekly(100, seed: 8, noise: 5), method: method)
        #expect(result.method == method.rawValue)
        #expect(result.path.allSatisfy { $0.isFinite })
    }

    @Test func `looks back end at the last value and stay within the history`() throws {
        let result = try forecast(weekly(100, seed: 2, noise: 5))
        #expect(result.looks.count >= 3)
        #expect(result.looks.last.map { $0.cut + $0.path.count } == 100)
        #expect(zip(result.looks, result.looks.dropFirst()).allSatisfy { $0.cut < $1.cut })
    }

    @Test func `a raised flag stops the work`() {
        let flag = CancellationFlag()
        flag.cancel()
        let problem = ForecastProblem(
            values: weekly(100, seed: 1, noise: 5), seasons: [7], horizon: 7)
        let error = #expect(throws: DemetraError.self) {
            try SeriesForecast(problem, cancellation: flag)
        }
        #expect(error?.sqlState == .queryCanceled)
    }

    @Test func `random series of every kind survive`() throws {
        let seed = UInt64.random(in: 0..<1 << 40)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let count = 2 + Int(generator.uniform() * 120)
            let kind = Int(generator.uniform() * 4)
            let values = (0..<count).map { index -> Double in
                switch kind {
                case 0: generator.normal()
                case 1: generator.uniform() < 0.8 ? 0 : 1e9 * generator.uniform()
                case 2: Double(index / 10) * 1e-7
                default: generator.uniform() < 0.5 ? -1e200 : 1e200
                }
            }
            let season = 1 + Int(generator.uniform() * 30)
            let result = try forecast(values, seasons: [season], horizon: 1 + count / 3)
            let bounds = zip(result.lower, zip(result.path, result.upper))
            #expect(
                bounds.allSatisfy { $0 <= $1.0 && $1.0 <= $1.1 && $1.0.isFinite }, "seed \(seed)")
        }
    }
}
