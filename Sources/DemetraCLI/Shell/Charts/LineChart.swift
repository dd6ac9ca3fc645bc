/// Series as lines over their places, with an axis of numbers at the left and the first and last label below.
struct LineChart {
    private static let height = 16

    let data: ChartPoints
    let style: ChartStyle

    var drawn: String {
        let range = Self.padded(data.range)
        let ticks = (0..<Self.height).map { row -> String in
            guard row % 5 == 0 || row == Self.height - 1 else { return "" }
            let share = Double(Self.height - 1 - row) / Double(Self.height - 1)
            return ChartStyle.text(
                range.lowerBound + share * (range.upperBound - range.lowerBound))
        }
        let tickWidth = ChartStyle.width(ticks)
        let width = max(10, style.width - tickWidth - 3)
        var canvas = LineCanvas(
            width: width, height: Self.height, isUnicode: style.isUnicode)
        for (index, series) in data.series.enumerated() {
            canvas.draw(SparkLines.buckets(series.values, width * 2), range, series: index)
        }
        let axis = style.isUnicode ? "┤" : "|"
        var lines = canvas.rows(style).enumerated().map { row, text in
            "\(ChartStyle.fitted(ticks[row], tickWidth, isRight: true)) \(axis)\(text)".trimmed
        }
        lines.append(labels(indent: tickWidth + 2, width: width))
        if data.series.count > 1 { lines.append(legend) }
        return lines.joined(separator: "\n")
    }

    /// One value has some room around it.
    private static func padded(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
        guard range.lowerBound == range.upperBound else { return range }
        let room = max(1, range.lowerBound.magnitude / 10)
        return (range.lowerBound - room)...(range.upperBound + room)
    }

    private func labels(indent: Int, width: Int) -> String {
        let (first, last) = (data.labels.first ?? "", data.labels.last ?? "")
        let lead = String(repeating: " ", count: indent)
        guard data.labels.count > 1 else { return lead + ChartStyle.fitted(first, width).trimmed }
        let half = width / 2
        return lead + ChartStyle.fitted(first, half)
            + ChartStyle.fitted(
                ChartStyle.width([last]) > width - half ? "" : last, width - half, isRight: true)
    }

    private var legend: String {
        data.series.enumerated().map { index, series in
            let mark =
                style.isUnicode && style.hasColours
                ? "●" : String(LineCanvas.mark(index, isUnicode: false))
            return style.coloured(mark, series: index) + " " + series.name
        }.joined(separator: "   ")
    }
}

/// A field of cells that lines are drawn into.
///
/// With Unicode a cell has 2 x 4 dots (braille), without one sign. Where several series are drawn without colours, cells
/// hold the letter of a series instead.
struct LineCanvas {
    private static let dots: [[UInt32]] = [
        [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
    ]

    private let width, height: Int
    private let isUnicode: Bool
    private var cells: [UInt32]
    private var owners: [Int?]

    init(width: Int, height: Int, isUnicode: Bool) {
        (self.width, self.height, self.isUnicode) = (width, height, isUnicode)
        cells = Array(repeating: 0, count: width * height)
        owners = Array(repeating: nil, count: width * height)
    }

    /// The sign of a series without colours.
    static func mark(_ series: Int, isUnicode: Bool) -> Character {
        Array("*o+x#@%&=~^$")[series % 12]
    }

    /// Draws a series over the whole width.
    mutating func draw(_ values: [Double?], _ range: ClosedRange<Double>, series: Int) {
        let (columns, rows) = (width * 2, height * 4)
        var before: (x: Int, y: Int)?
        for (index, value) in values.enumerated() {
            guard let value else {
                before = nil
                continue
            }
            let x = values.count > 1 ? index * (columns - 1) / (values.count - 1) : columns / 2
            let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            let y = Int(((1 - share) * Double(rows - 1)).rounded())
            connect(before ?? (x, y), (x, y), series)
            before = (x, y)
        }
    }

    private mutating func connect(
        _ start: (x: Int, y: Int), _ end: (x: Int, y: Int), _ series: Int
    ) {
        let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
        for step in 0...steps {
            let x = start.x + (end.x - start.x) * step / steps
            let y = start.y + (end.y - start.y) * step / steps
            let cell = (y / 4) * width + x / 2
            cells[cell] |= Self.dots[y % 4][x % 2]
            owners[cell] = series
        }
    }

    /// The rows from the top.
    func rows(_ style: ChartStyle) -> [String] {
        let isDotted = isUnicode && (style.hasColours || Set(owners.compactMap { $0 }).count < 2)
        return (0..<height).map { row in
            (0..<width).map { column -> String in
                let cell = row * width + column
                guard let owner = owners[cell] else { return " " }
                let sign =
                    isDotted
                    ? UnicodeScalar(0x2800 + cells[cell]).map { Character($0) } ?? " "
                    : Self.mark(owner, isUnicode: isUnicode)
                return style.coloured(String(sign), series: owner)
            }.joined()
        }
    }
}
