import Demetra

/// A table whose cells are darker the greater their numbers are: rows by labels, columns by series.
struct HeatMap {
    private static let mostRows = 200
    private static let shades = Array(" ░▒▓█")
    private static let signs = Array(" .:-=+*#%@")

    let data: ChartPoints
    let style: ChartStyle

    func drawn() throws(DemetraError) -> String {
        guard data.labels.count <= Self.mostRows else {
            throw DemetraError(
                .invalidParameterValue, "\(data.labels.count) rows are too many for a heat map",
                hint: "Group or LIMIT them.")
        }
        let labelWidth = min(ChartStyle.width(data.labels), style.width / 3)
        let room = max(3, (style.width - labelWidth - 1) / data.series.count - 1)
        let cellWidth = min(room, max(3, ChartStyle.width(data.series.map(\.name))))
        let blank = String(repeating: " ", count: labelWidth)
        var lines = [
            (blank + data.series.map { " " + ChartStyle.fitted($0.name, cellWidth) }.joined())
                .trimmed
        ]
        let range = data.range
        for (row, label) in data.labels.enumerated() {
            let cells = data.series.map { " " + cell($0.values[row], range, cellWidth) }
            lines.append((ChartStyle.fitted(label, labelWidth) + cells.joined()).trimmed)
        }
        let steps = style.isUnicode ? Self.shades : Self.signs
        lines.append(
            "\(ChartStyle.text(range.lowerBound)) \(String(steps.dropFirst()))"
                + " \(ChartStyle.text(range.upperBound))")
        return lines.joined(separator: "\n")
    }

    private func cell(_ value: Double?, _ range: ClosedRange<Double>, _ width: Int) -> String {
        guard let value else { return String(repeating: " ", count: width) }
        let steps = (style.isUnicode ? Self.shades : Self.signs).dropFirst()
        let size = range.upperBound - range.lowerBound
        let share = size > 0 ? (value - range.lowerBound) / size : 0.5
        let step = min(steps.count - 1, Int(share * Double(steps.count)))
        return String(repeating: String(steps[steps.startIndex + step]), count: width)
    }
}
