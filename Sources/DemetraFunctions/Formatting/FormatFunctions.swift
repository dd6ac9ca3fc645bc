import DemetraTypes
import DemetraVectors
import Synchronization

/// `to_char`, `to_number`, `to_date` and `to_timestamp`: values by templates.
enum FormatFunctions {
    static let all: [ScalarFunction] = writing + reading + [SizeFormat.function]

    // Templates are few and constant: the last ones are kept parsed.
    private static let timePatterns = Mutex<[String: TimePattern]>([:])
    private static let numberPatterns = Mutex<[String: NumberPattern]>([:])
    private static let limit = 64

    private static func timePattern(_ template: String) -> TimePattern {
        if let known = timePatterns.withLock({ $0[template] }) { return known }
        let pattern = TimePattern(template)
        timePatterns.withLock { known in
            if known.count >= limit { known.removeAll() }
            known[template] = pattern
        }
        return pattern
    }

    private static func numberPattern(
        _ template: String
    ) throws(DemetraError) -> NumberPattern {
        if let known = numberPatterns.withLock({ $0[template] }) { return known }
        let pattern = try NumberPattern(template)
        numberPatterns.withLock { known in
            if known.count >= limit { known.removeAll() }
            known[template] = pattern
        }
        return pattern
    }

    // MARK: Writing

    private static let writing: [ScalarFunction] =
        [LogicalType.timestamp, .date, .timestamptz, .interval].map { type in
            ScalarBuilder.function(
                "to_char", [type, .text], .text,
                volatility: type == .timestamptz ? .stable : .immutable
            ) { (values, context) throws(DemetraError) in
                guard let time = shown(values[0], context) else { return .null }
                return .text(try timePattern(values[1].textOrEmpty).text(time))
            }
        }
        + [LogicalType.smallint, .integer, .bigint, .numeric(nil), .double].map { type in
            ScalarBuilder.function("to_char", [type, .text], .text) {
                (values, _) throws(DemetraError) in
                let pattern = try numberPattern(values[1].textOrEmpty)
                switch values[0] {
                case .integer(let number): return .text(try pattern.text(Decimal(number)))
                case .numeric(let number): return .text(try pattern.text(number))
                case .double(let number): return .text(try pattern.text(Decimal(number)))
                default: return .null
                }
            }
        }

    private static func shown(_ value: Value, _ context: EvaluationContext) -> ShownTime? {
        switch value {
        case .date(let date): return date.isFinite ? ShownTime(date.timestamp) : nil
        case .timestamp(let time): return time.isFinite ? ShownTime(time) : nil
        case .timestamptz(let time):
            guard time.isFinite else { return nil }
            let zone = context.timeZone
            let offset = zone.offset(at: time)
            let isShort = zone.name.count <= 5 && zone.isFixed
            let sign = offset < 0 ? "-" : "+"
            let name =
                isShort
                ? zone.name.uppercased() : sign + TimePattern.padded(abs(offset) / 3_600, to: 2)
            return ShownTime(zone.local(time), zone: (offset, name))
        case .interval(let interval): return ShownTime(interval)
        default: return nil
        }
    }

    // MARK: Reading

    private static let reading: [ScalarFunction] = [
        ScalarBuilder.function("to_number", [.text, .text], .numeric(nil)) {
            (values, _) throws(DemetraError) in
            .numeric(
                try numberPattern(values[1].textOrEmpty).read(values[0].textOrEmpty))
        },
        ScalarBuilder.function("to_date", [.text, .text], .date) {
            (values, _) throws(DemetraError) in
            .date(
                try timePattern(values[1].textOrEmpty).read(values[0].textOrEmpty).date())
        },
        ScalarBuilder.function("to_timestamp", [.text, .text], .timestamptz, volatility: .stable) {
            (values, context) throws(DemetraError) in
            let read = try timePattern(values[1].textOrEmpty).read(values[0].textOrEmpty)
            let local = try read.date().startOfDay().addingTime(try read.timeOfDay())
            if let offset = read.offset {
                return .timestamptz(try local.addingTime(-Int64(offset) * 1_000_000))
            }
            return .timestamptz(context.timeZone.instant(local))
        },
    ]
}
