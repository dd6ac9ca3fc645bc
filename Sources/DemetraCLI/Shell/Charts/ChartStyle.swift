import Demetra
import DemetraFormats
import Foundation

/// What charts are drawn with.
struct ChartStyle {
    /// Columns of the terminal.
    let width: Int
    /// More than ASCII may be used.
    let isUnicode: Bool
    /// Series are told apart by colours.
    let hasColours: Bool

    private static let colours = [34, 31, 32, 33, 35, 36, 94, 91, 92, 93, 95, 96]

    /// A text in the colour of a series.
    func coloured(_ text: String, series: Int) -> String {
        guard hasColours, !text.isEmpty else { return text }
        return "\u{1b}[\(Self.colours[series % Self.colours.count])m\(text)\u{1b}[0m"
    }

    /// A number of at most six signs or so: `1234`, `12.5k`, `3.21M`.
    static func text(_ number: Double) -> String {
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")]
        for (size, unit) in units where number.magnitude >= size {
            // Tens of thousands are shown in thousands.
            return trimmed(number / (unit == "k" ? 1_000 : size)) + unit
        }
        return number == 0 || number.magnitude >= 0.01
            ? trimmed(number) : String(format: "%.2g", number)
    }

    private static func trimmed(_ number: Double) -> String {
        let digits = number.magnitude >= 100 ? 0 : number.magnitude >= 10 ? 1 : 2
        var text = String(format: "%.\(digits)f", number)
        if text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// A text cut or padded to a width.
    static func fitted(_ text: String, _ width: Int, isRight: Bool = false) -> String {
        let plain = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        var result = ""
        var used = 0
        for sign in plain {
            let size = DisplayWidth.of(Array(String(sign).utf8)[...])
            guard used + size <= width else { break }
            result.append(sign)
            used += size
        }
        let room = String(repeating: " ", count: width - used)
        return isRight ? room + result : result + room
    }

    /// How wide texts are.
    static func width(_ texts: [String]) -> Int {
        texts.map { DisplayWidth.of(Array($0.utf8)[...]) }.max() ?? 0
    }
}

/// The kinds of charts.
enum ChartKind: String, CaseIterable {
    case line, bar, spark, heat

    /// The chart of some data, without a line break at its end.
    ///
    /// - Throws: 22023 when there are too many rows for the kind.
    func drawn(_ data: ChartPoints, _ style: ChartStyle) throws(DemetraError) -> String {
        switch self {
        case .line: LineChart(data: data, style: style).drawn
        case .bar: try BarChart(data: data, style: style).drawn()
        case .spark: SparkLines(data: data, style: style).drawn
        case .heat: try HeatMap(data: data, style: style).drawn()
        }
    }
}
