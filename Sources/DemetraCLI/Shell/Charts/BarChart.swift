import Demetra

/// A bar for each row, side by side for each series; negative numbers go to the left of the axis.
struct BarChart {
    private static let mostBars = 500
    private static let eighths = Array(" ▏▎▍▌▋▊▉")

    let data: ChartPoints
    let style: ChartStyle

    func drawn() throws(DemetraError) -> String {
        guard data.labels.count * data.series.count <= Self.mostBars else {
            throw DemetraError(
                .invalidParameterValue, "\(data.labels.count) rows are too many for bars",
                hint: "Group them, LIMIT them, or draw a line.")
        }
        let texts = data.series.flatMap { $0.values.map { $0.map(ChartStyle.text) ?? "NULL" } }
        let labelWidth = min(ChartStyle.width(data.labels), style.width / 3)
        let numberWidth = ChartStyle.width(texts)
        let room = max(10, style.width - labelWidth - numberWidth - 5)
        let (low, high) = (min(0, data.range.lowerBound), max(0, data.range.upperBound))
        let scale = high > low ? Double(room) / (high - low) : 0
        let left = Int((-low * scale).rounded(.up))
        var lines: [String] = []
        for (row, label) in data.labels.enumerated() {
            for (index, series) in data.series.enumerated() {
                let value = series.values[row]
                let title = ChartStyle.fitted(index == 0 ? label : "", labelWidth)
                let number = ChartStyle.fitted(
                    value.map(ChartStyle.text) ?? "NULL", numberWidth, isRight: true)
                let bar = bar((value ?? 0) * scale, left: left, series: index)
                lines.append("\(title) \(number) \(style.isUnicode ? "│" : "|")\(bar)".trimmed)
            }
        }
        if data.series.count > 1 { lines.append(legend) }
        return lines.joined(separator: "\n")
    }

    private var legend: String {
        data.series.enumerated().map { style.coloured(mark($0), series: $0) + " " + $1.name }
            .joined(separator: "   ")
    }

    /// What bars of a series are made of: without colours, each of its own sign.
    private func mark(_ series: Int) -> String {
        if style.isUnicode, style.hasColours || data.series.count == 1 { return "█" }
        let marks = style.isUnicode ? Array("█▓▒░") : Array("#*=+-ox%@&$~")
        return String(marks[series % marks.count])
    }

    private func bar(_ length: Double, left: Int, series: Int) -> String {
        let whole = Int(length.magnitude)
        var text = String(repeating: mark(series), count: whole)
        let isFine = mark(series) == "█" && length > 0
        let eighth = Int((length.magnitude - Double(whole)) * 8)
        if isFine, eighth > 0 { text.append(Self.eighths[eighth]) }
        let coloured = style.coloured(text, series: series)
        if length < 0 {
            return String(repeating: " ", count: max(0, left - whole)) + coloured
        }
        return String(repeating: " ", count: left) + coloured
    }
}

extension String {
    /// Without blanks at its end.
    var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
