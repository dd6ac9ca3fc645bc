/// Values as text and back, by type: literals, CSV cells, protocol values.
package enum ValueText {
    // MARK: Writing

    /// The text of a value, or nil for NULL.
    ///
    /// - Parameter zone: the zone in which instants are shown.
    package static func text(_ value: Value, type: LogicalType, zone: TimeZoneRules = .utc)
        -> String?
    {
        switch value {
        case .null: nil
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .double(let number):
            type == .real ? FloatText.text(Float(number)) : FloatText.text(number)
        case .numeric(let decimal): decimal.description
        case .text(let text): text
        case .bytes(let bytes): "\\x" + bytes.map { hexadecimal($0) }.joined()
        case .date(let date): TimestampText.text(date)
        case .time(let time): TimestampText.text(timeOfDay: time)
        case .timestamp(let time): TimestampText.text(time)
        case .timestamptz(let time): TimestampText.text(time, zone: zone)
        case .interval(let interval): IntervalText.text(interval)
        case .array(let elements):
            if case .system(let vector) = type {
                vector.text(elements)
            } else {
                ArrayText.text(elements, element: type.arrayElement ?? .text, zone: zone)
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    // MARK: Reading

    /// Reads a value of a type.
    ///
    /// - Parameters:
    ///   - zone: the zone of instants whose text names none.
    ///   - zones: where to look up zones that the text names.
    ///   - now: what `now` and `today` mean; nil where they mean nothing.
    /// - Throws: 22P02, 22007, 22008 or 22003, worded as PostgreSQL words them.
    package static func parse(
        _ text: String, as type: LogicalType, zone: TimeZoneRules = .utc,
        zones: TimeZones = .fixedOnly, now: Timestamp? = nil
    ) throws(DemetraError) -> Value {
        switch type {
        case .boolean: return .boolean(try boolean(text))
        case .smallint, .integer, .bigint: return .integer(try integer(text, type))
        case .real, .double: return .double(try float(text, type))
        case .numeric(let modifier):
            let value = try Decimal.parse(text)
            guard let modifier else { return .numeric(value) }
            return .numeric(try value.fitted(to: modifier))
        case .text, .unknown: return .text(text)
        case .varchar(let limit):
            guard let limit, text.unicodeScalars.count > limit else { return .text(text) }
            throw DemetraError(
                .stringDataRightTruncation,
                "value too long for type character varying(\(limit))")
        case .date: return .date(try date(text, now.map(zone.local)))
        case .time: return .time(try TimestampText.parseTime(text, now: now.map(zone.local)))
        case .timestamp:
            let parsed = try TimestampText.parse(text, type: type, now: now.map(zone.local))
            return .timestamp(try inRange(parsed.local, text))
        case .timestamptz: return .timestamptz(try instant(text, zone, zones, now))
        case .interval: return .interval(try IntervalText.parse(text))
        case .uuid: return .text(try uuid(text))
        case .json, .jsonb: return .text(try json(text, isNormalised: type == .jsonb))
        case .bytea: return .bytes(try bytes(text))
        case .system(let type): return try type.parse(text)
        case .array(let element):
            return .array(
                try ArrayText.parse(text, element: element) { part throws(DemetraError) in
                    try parse(part, as: element, zone: zone, zones: zones, now: now)
                })
        }
    }

    /// Whether a text may name a day or time by its distance from the present: `today`, `now`.
    package static func mayBeRelative(_ text: String) -> Bool {
        let lower = text.lowercased()
        return ["now", "today", "tomorrow", "yesterday"].contains { lower.contains($0) }
    }

    private static func invalid(_ text: String, _ type: LogicalType) -> DemetraError {
        DemetraError(
            .invalidTextRepresentation, "invalid input syntax for type \(type): \"\(text)\"")
    }

    /// t, true, y, yes, on, 1 and their opposites, in any case, and prefixes of the words.
    private static func boolean(_ text: String) throws(DemetraError) -> Bool {
        let word = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !word.isEmpty else { throw invalid(text, .boolean) }
        if "true".hasPrefix(word) || "yes".hasPrefix(word) || word == "on" || word == "1" {
            return true
        }
        if "false".hasPrefix(word) || "no".hasPrefix(word) || word == "off" || word == "of"
            || word == "0"
        {
            return false
        }
        throw invalid(text, .boolean)
    }

    private static func integer(
        _ text: String, _ type: LogicalType
    ) throws(DemetraError) -> Int64 {
        var copy = text
        enum Outcome { case value(Int64), invalid, overflow }
        let outcome = copy.withUTF8 { bytes -> Outcome in
            var scanner = ByteScanner(bytes)
            scanner.skipBlanks()
            let isNegative = scanner.skipSign()
            var value: Int64 = 0
            var count = 0
            var isOverflowing = false
            while let byte = scanner.peek, byte >= 0x30, byte <= 0x39 {
                let (product, first) = value.multipliedReportingOverflow(by: 10)
                let digit = Int64(byte - 0x30)
                let (sum, second) =
                    isNegative
                    ? product.subtractingReportingOverflow(digit)
                    : product.addingReportingOverflow(digit)
                if first || second { isOverflowing = true }
                value = sum
                count += 1
                scanner.advance()
            }
            guard count > 0, scanner.isAtEndAfterBlanks else { return .invalid }
            return isOverflowing ? .overflow : .value(value)
        }
        let range: ClosedRange<Int64> =
            switch type {
            case .smallint: -32_768...32_767
            case .integer: -2_147_483_648...2_147_483_647
            default: Int64.min...Int64.max
            }
        switch outcome {
        case .invalid: throw invalid(text, type)
        case .value(let value) where range.contains(value): return value
        default:
            throw DemetraError(
                .numericValueOutOfRange, "value \"\(text)\" is out of range for type \(type)")
        }
    }

    private static func float(
        _ text: String, _ type: LogicalType
    ) throws(DemetraError) -> Double {
        switch FloatText.parse(text, isSingle: type == .real) {
        case .value(let value): return value
        case .invalid: throw invalid(text, type)
        case .outOfRange:
            throw DemetraError(
                .numericValueOutOfRange, "\"\(text)\" is out of range for type \(type)")
        }
    }

    private static func date(
        _ text: String, _ now: Timestamp?
    ) throws(DemetraError) -> CalendarDate {
        let parsed = try TimestampText.parse(text, type: .date, now: now)
        if let special = parsed.special { return special.date }
        return try CalendarDate(checking: parsed.days)
    }

    private static func instant(
        _ text: String, _ zone: TimeZoneRules, _ zones: TimeZones, _ now: Timestamp?
    ) throws(DemetraError) -> Timestamp {
        let parsed = try TimestampText.parse(
            text, type: .timestamptz, now: now.map(zone.local))
        // Not by way of the clock, which shows an hour twice when summer time ends.
        if parsed.isNow, let now { return now }
        if let special = parsed.special, !special.isFinite || special.microseconds == 0 {
            return special
        }
        let local = try inRange(parsed.local, text)
        if let offset = parsed.offset {
            return try local.addingTime(-Int64(offset) * 1_000_000)
        }
        let rules = try parsed.zoneName.map { name throws(DemetraError) in try zones.rules(name) }
        return (rules ?? zone).instant(local)
    }

    /// - Throws: 22008 naming the text for times beyond the calendar.
    private static func inRange(
        _ time: @autoclosure () throws(DemetraError) -> Timestamp, _ text: String
    ) throws(DemetraError) -> Timestamp {
        do throws(DemetraError) {
            return try time()
        } catch {
            throw DemetraError(.datetimeFieldOverflow, "timestamp out of range: \"\(text)\"")
        }
    }

    /// The text of a JSON document: as written for json, in its normal form for jsonb.
    private static func json(
        _ text: String, isNormalised: Bool
    ) throws(DemetraError) -> String {
        var copy = text
        let result = copy.withUTF8 { bytes -> Result<String, DemetraError> in
            Result { () throws(DemetraError) in
                try JSONText.validate(bytes)
                guard isNormalised, let normal = JSONText.normalised(bytes) else { return text }
                return String(decoding: normal, as: UTF8.self)
            }
        }
        return try result.get()
    }

    private static func uuid(_ text: String) throws(DemetraError) -> String {
        guard let uuid = BinaryText.uuid(Array(text.utf8)) else { throw invalid(text, .uuid) }
        return String(decoding: uuid, as: UTF8.self)
    }

    private static func bytes(_ text: String) throws(DemetraError) -> [UInt8] {
        guard let bytes = BinaryText.bytes(Array(text.utf8)) else { throw invalid(text, .bytea) }
        return bytes
    }
}
