/// One line a series: its course in one row of blocks, with its least, greatest and last number.
struct SparkLines {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let signs = Array("_.-:=+*#")

    let data: ChartPoints
    let style: ChartStyle

    var drawn: String {
        let nameWidth = min(ChartStyle.width(data.series.map(\.name)), style.width / 4)
        // What follows the blocks takes about so much.
        let room = max(8, style.width - nameWidth - 40)
        return data.series.enumerated().map { index, series in
            let known = series.values.compactMap { $0 }
            let name = ChartStyle.fitted(series.name, nameWidth)
            guard let least = known.min(), let greatest = known.max(), let last = known.last else {
                return name + "  (no numbers)"
            }
            let course = blocks(Self.buckets(series.values, room), least, greatest)
            return name + "  " + style.coloured(course, series: index)
                + "  min \(ChartStyle.text(least))  max \(ChartStyle.text(greatest))"
                + "  last \(ChartStyle.text(last))"
        }.joined(separator: "\n")
    }

    private func blocks(_ values: [Double?], _ least: Double, _ greatest: Double) -> String {
        let steps = style.isUnicode ? Self.blocks : Self.signs
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard greatest > least else { return steps[steps.count / 2] }
                let share = (value - least) / (greatest - least)
                return steps[min(steps.count - 1, Int(share * Double(steps.count)))]
            })
    }

    /// At most `count` values: means of neighbours where there are more.
    static func buckets(_ values: [Double?], _ count: Int) -> [Double?] {
        guard values.count > count else { return values }
        return (0..<count).map { bucket in
            let part = values[
                (bucket * values.count / count)..<((bucket + 1) * values.count / count)]
            let known = part.compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0) { $0 + $1 / Double(known.count) }
        }
    }
}
