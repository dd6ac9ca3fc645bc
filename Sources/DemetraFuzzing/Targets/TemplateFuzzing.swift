import DemetraTypes

/// A byte that chooses a value to be written, a template and, in the next line, a text to read by it.
enum TemplateFuzzing {
    private static let values: [(Value, LogicalType)] =
        times + numbers
        + [
            (
                .numeric((try? Decimal("-99999999999999999999999999.123456789012")) ?? .zero),
                .numeric(nil)
            )
        ]
    private static let times: [(Value, LogicalType)] = [
        (.timestamp(Timestamp(microseconds: 1_772_372_096_789_012)), .timestamp),
        (.timestamp(Timestamp(microseconds: -210_866_803_200_000_000)), .timestamp),
        (.timestamptz(Timestamp(microseconds: 0)), .timestamptz),
        (.date(CalendarDate(days: 2_000_000)), .date),
        (.interval(Interval(months: -13, days: 40, microseconds: 86_399_999_999)), .interval),
    ]
    private static let numbers: [(Value, LogicalType)] = [
        (.integer(-485), .integer), (.integer(.max), .bigint), (.double(1234.5678), .double),
        (.double(.infinity), .double), (.double(-1e300), .double), (.double(.nan), .double),
    ]

    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        guard let choice = bytes.first else { return }
        let parts = lines(Array(bytes.dropFirst()), 2)
        let template = (Value.text(parts[0]), LogicalType.text)
        _ = try FunctionCalls.call("to_char", [values[Int(choice) % values.count], template])
        guard parts.count > 1 else { return }
        let text = (Value.text(parts[1]), LogicalType.text)
        if let date = try FunctionCalls.call("to_date", [text, template]) {
            try showable(date, .date)
        }
        if let time = try FunctionCalls.call("to_timestamp", [text, template]) {
            try showable(time, .timestamptz)
        }
    }

    /// A value that was made can be shown and read.
    private static func showable(_ value: Value, _ type: LogicalType) throws(FuzzFinding) {
        guard let shown = ValueText.text(value, type: type) else {
            throw FuzzFinding("\(value) has no text")
        }
        let again = try refusable { () throws(DemetraError) in
            try ValueText.parse(shown, as: type)
        }
        try law(again == value, "\(shown) reads as \(again as Any)")
    }
}
