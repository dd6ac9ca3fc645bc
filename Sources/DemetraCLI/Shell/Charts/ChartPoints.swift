import Demetra

/// What a chart is drawn of: a label for each place, and a number for each place of each series.
struct ChartPoints {
    /// One line of a chart, or one colour of its bars.
    struct Series {
        let name: String
        /// Nil where there is no number.
        let values: [Double?]
    }

    /// More are too many to tell apart.
    private static let mostSeries = 12

    let labels: [String]
    let series: [Series]

    /// The columns of an answer.
    ///
    /// The first column that holds no numbers has the labels. Where a second one follows, and one column of numbers, its
    /// values name the series: `day, channel, spend` has a line for each channel.
    ///
    /// - Parameter columns: the names of the columns to draw, the labels first; none for all.
    /// - Throws: 42703 for a column that is not there, 22023 when there is nothing to draw.
    init(_ held: HeldResult, columns: [String]) throws(DemetraError) {
        let fields = held.schema.fields
        var chosen: [Int] = []
        for name in columns {
            guard
                let index = fields.firstIndex(where: {
                    $0.name == ObjectCommands.folded(name) || $0.name == name
                })
            else {
                throw DemetraError(
                    .undefinedColumn, "the answer has no column \"\(name)\"",
                    hint: NearestName.find(name, among: fields.map(\.name))
                        .map { "Perhaps you meant \"\($0)\"." })
            }
            chosen.append(index)
        }
        let isNumber = fields.map(\.type.isNumber)
        let all = columns.isEmpty ? Array(fields.indices) : chosen
        // A column that was named first has the labels, even where it holds numbers.
        let isNamed = columns.count > 1
        let label = isNamed ? all.first : all.first { !isNumber[$0] }
        let rest = all.filter { $0 != label }
        let numbers = rest.filter { isNumber[$0] }
        guard held.rowCount > 0, !numbers.isEmpty else {
            throw DemetraError(
                .invalidParameterValue,
                held.rowCount == 0
                    ? "the last answer has no rows" : "the answer has no column of numbers",
                hint: "A chart needs at least one column of numbers.")
        }
        let labels =
            label.map { held.texts($0).map { $0 ?? "NULL" } }
            ?? (1...held.rowCount).map(String.init)
        if numbers.count == 1, let name = rest.first(where: { !isNumber[$0] }) {
            let names = held.texts(name).map { $0 ?? "NULL" }
            (self.labels, series) = Self.spread(labels, names, held.numbers(numbers[0]))
        } else {
            self.labels = labels
            series = numbers.map { Series(name: fields[$0].name, values: held.numbers($0)) }
        }
        guard series.count <= Self.mostSeries else {
            throw DemetraError(
                .invalidParameterValue, "\(series.count) series are too many to tell apart",
                hint: "Draw \(Self.mostSeries) at most, or name the columns to draw.")
        }
        guard series.contains(where: { $0.values.contains { $0 != nil } }) else {
            throw DemetraError(.invalidParameterValue, "the columns to draw hold no numbers")
        }
    }

    /// Rows of label, name of the series, and number as a series for each name.
    private static func spread(
        _ labels: [String], _ names: [String], _ numbers: [Double?]
    ) -> ([String], [Series]) {
        var places: [String: Int] = [:]
        var order: [String] = []
        for label in labels where places[label] == nil {
            places[label] = order.count
            order.append(label)
        }
        var values: [String: [Double?]] = [:]
        var seriesOrder: [String] = []
        for (index, name) in names.enumerated() {
            if values[name] == nil {
                values[name] = Array(repeating: nil, count: order.count)
                seriesOrder.append(name)
            }
            if let place = places[labels[index]] { values[name]?[place] = numbers[index] }
        }
        return (order, seriesOrder.map { Series(name: $0, values: values[$0] ?? []) })
    }

    /// The least and the greatest number.
    var range: ClosedRange<Double> {
        let all = series.flatMap { $0.values.compactMap { $0 } }
        return (all.min() ?? 0)...(all.max() ?? 0)
    }
}
