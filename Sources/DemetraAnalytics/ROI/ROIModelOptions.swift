package import DemetraTypes

/// What CREATE MODEL may set.
package struct ROIModelOptions: Sendable {
    /// What to do with features that look like results of the campaign.
    package enum Leakage: String, Sendable {
        /// Use them and say so.
        case warn
        /// Leave them out.
        case drop
        /// Use them silently.
        case allow
    }

    /// What is predicted of the target.
    package var task = ModelTask.regression
    /// The model's name.
    package var name = ""
    /// Column that names a row; no feature.
    package var id: String?
    /// Column that orders rows: folds are blocks of it.
    package var time: String?
    /// Column whose values get intervals of their own.
    package var group: String?
    /// Columns that are no features.
    package var exclude: [String] = []
    /// What to do with features that look like results.
    package var leakage = Leakage.warn
    /// Coverage of the intervals when a call does not say.
    package var level = 0.9
    /// The target below which a row counts as a loss; nil takes 0 for targets that go below it, else 1, and of
    /// a yes-or-no target false.
    package var breakEven: Double?
    /// Most bins of a number.
    package var binLimit = FeatureDefinition.codeLimit
    /// Microseconds after which it is to be trained again; nil for never.
    package var refreshPeriod: Int64?
    /// How trees grow.
    package var booster = HistogramBooster.Settings()

    /// The usual options.
    package init() {}

    /// Names that `set` knows.
    package static let names = [
        "task", "trees", "learning_rate", "max_leaves", "min_leaf", "max_bins", "seed", "level",
        "break_even", "exclude", "leakage", "refresh",
    ]

    /// Sets an option of the WITH list.
    ///
    /// - Throws: 22023 for values out of range, 42704 for unknown names.
    package mutating func set(_ name: String, to value: Value) throws(DemetraError) {
        switch name {
        case "task":
            guard case .text(let text) = value, let task = ModelTask(text) else {
                throw Self.range(name, value, "'regression' or 'classification'")
            }
            self.task = task
        case "trees": booster.roundLimit = Int(try Self.number(name, value, 1, 10_000))
        case "learning_rate": booster.learningRate = try Self.number(name, value, 1e-4, 1)
        case "max_leaves": booster.leafLimit = Int(try Self.number(name, value, 2, 4_096))
        case "min_leaf": booster.minimumLeafCount = Int(try Self.number(name, value, 1, 1e6))
        case "max_bins": binLimit = Int(try Self.number(name, value, 2, 255))
        case "seed": booster.seed = UInt64(try Self.number(name, value, 0, 0x1p52))
        case "level":
            level = try Self.number(name, value, 0.5, 1)
            if level == 1 { throw Self.range(name, value, "at least 0.5 and below 1") }
        case "break_even": breakEven = try Self.number(name, value, -1e12, 1e12)
        case "exclude":
            guard case .text(let list) = value else {
                throw Self.range(name, value, "a list of names")
            }
            exclude = ArgumentList.parts(list)
        case "leakage":
            guard case .text(let text) = value, let leakage = Leakage(rawValue: text) else {
                throw Self.range(name, value, "'warn', 'drop' or 'allow'")
            }
            self.leakage = leakage
        case "refresh": refreshPeriod = try Self.period(name, value)
        default:
            let nearest = NearestName.find(name, among: Self.names)
            throw DemetraError(
                .undefinedObject, "model option \"\(name)\" does not exist",
                hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                    ?? "The options are \(Self.names.joined(separator: ", ")).")
        }
    }

    private static func number(
        _ name: String, _ value: Value, _ lower: Double, _ upper: Double
    ) throws(DemetraError) -> Double {
        let number = NumberReader.number(value)
        guard number >= lower, number <= upper else {
            throw range(
                name, value, "between \(PlainNumber.text(lower)) and \(PlainNumber.text(upper))")
        }
        return number
    }

    private static let day: Int64 = 86_400_000_000

    /// An interval of a minute at least, in microseconds; a month is 30 days.
    private static func period(_ name: String, _ value: Value) throws(DemetraError) -> Int64 {
        let expected = "an interval from 1 minute to 10 years"
        guard case .text(let text) = value, let interval = try? IntervalText.parse(text) else {
            throw range(name, value, expected)
        }
        let days = 30 * Int64(interval.months) + Int64(interval.days)
        let (part, partOverflow) = days.multipliedReportingOverflow(by: day)
        let (sum, overflow) = part.addingReportingOverflow(interval.microseconds)
        guard !partOverflow, !overflow, sum >= 60_000_000, sum <= 3_660 * day else {
            throw range(name, value, expected)
        }
        return sum
    }

    private static func range(_ name: String, _ value: Value, _ expected: String) -> DemetraError {
        DemetraError(
            .invalidParameterValue,
            "model option \"\(name)\" must be \(expected), got \(shown(value))")
    }

    private static func shown(_ value: Value) -> String {
        if case .text(let text) = value { return "'\(text)'" }
        let number = NumberReader.number(value)
        return number.isNaN ? "NULL" : PlainNumber.text(number)
    }
}
