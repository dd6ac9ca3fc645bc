package import DemetraTypes

/// Casts single values between two types.
package struct ValueCaster: Sendable {
    private let source: LogicalType
    private let target: LogicalType
    private let isExplicit: Bool
    private let context: CastContext

    /// Casts from `source` to `target`.
    package init(
        source: LogicalType, target: LogicalType, isExplicit: Bool, _ context: CastContext
    ) {
        self.source = source
        self.target = target
        self.isExplicit = isExplicit
        self.context = context
    }

    /// The value as the target type.
    ///
    /// - Throws: as `CastKernel.cast`.
    package func cast(_ value: Value) throws(DemetraError) -> Value {
        if value.isNull { return .null }
        if case .text(let text) = value, source.isText { return try read(text) }
        if case .array(let elements) = value { return try array(elements) }
        switch target {
        case .text, .unknown: return .text(shown(value))
        case .varchar: return try read(shown(value))
        case .boolean:
            if case .integer(let number) = value { return .boolean(number != 0) }
        case .smallint, .integer, .bigint: return .integer(try integer(value))
        case .real: return .double(Double(try single(value)))
        case .double: return .double(try double(value))
        case .numeric(let modifier): return .numeric(try numeric(value, modifier))
        case .date, .time, .timestamp, .timestamptz: return try time(value)
        case .interval:
            if case .time(let time) = value { return .interval(Interval(microseconds: time)) }
            if case .interval = value { return value }
        case .json, .jsonb:
            if case .text(let text) = value { return .text(text) }
        case .bytea:
            if case .bytes = value { return value }
        case .system(let type):
            if type.isNumber { return .integer(try number(value, type)) }
            if case .text = value, !type.isReference, type.element == nil {
                return try read(shown(value))
            }
        case .uuid, .array: break
        }
        throw noCast()
    }

    /// An array as its text, or with each element cast.
    private func array(_ elements: [Value]) throws(DemetraError) -> Value {
        guard let from = source.arrayElement, let to = target.arrayElement else {
            guard target.isText else { throw noCast() }
            return target == .text
                ? .text(shown(.array(elements))) : try read(shown(.array(elements)))
        }
        let caster = ValueCaster(source: from, target: to, isExplicit: isExplicit, context)
        var result: [Value] = []
        result.reserveCapacity(elements.count)
        for element in elements { result.append(try caster.cast(element)) }
        return .array(result)
    }

    private func noCast() -> DemetraError {
        DemetraError(.cannotCoerce, "cannot cast type \(source) to \(target)")
    }

    private func shown(_ value: Value) -> String {
        ValueText.text(value, type: source, zone: context.zone) ?? ""
    }

    private func read(_ text: String) throws(DemetraError) -> Value {
        if case .varchar(let limit?) = target, text.unicodeScalars.count > limit {
            let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
            // Blanks at the end may go, and an explicit cast cuts whatever is too long.
            let rest = text.unicodeScalars.dropFirst(limit)
            if isExplicit || rest.allSatisfy({ $0 == " " }) { return .text(cut) }
        }
        return try ValueText.parse(
            text, as: target, zone: context.zone, zones: context.zones, now: context.now)
    }

    /// The number of an object; a negative integer is the one with the same bits, as in PostgreSQL.
    private func number(_ value: Value, _ type: SystemType) throws(DemetraError) -> Int64 {
        guard case .integer(let number) = value else { throw noCast() }
        if source != .bigint, let bits = Int32(exactly: number) {
            return Int64(UInt32(bitPattern: bits))
        }
        guard SystemType.numbers.contains(number) else {
            throw DemetraError(.numericValueOutOfRange, "\(type) out of range")
        }
        return number
    }

    private func integer(_ value: Value) throws(DemetraError) -> Int64 {
        var result: Int64?
        switch value {
        case .integer(let number): result = number
        case .boolean(let flag) where target == .integer: result = flag ? 1 : 0
        case .double(let number):
            let rounded = number.rounded(.toNearestOrEven)
            result = Int64(exactly: rounded)
        case .numeric(let number): result = number.int64Value
        default: throw noCast()
        }
        let limits: ClosedRange<Int64> =
            switch target {
            case .smallint: -32_768...32_767
            case .integer: -2_147_483_648...2_147_483_647
            default: .min ... .max
            }
        guard let result, limits.contains(result) else {
            throw DemetraError(.numericValueOutOfRange, "\(target) out of range")
        }
        return result
    }

    private func double(_ value: Value) throws(DemetraError) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .double(let number): number
        case .numeric(let number):
            try checked(number.doubleValue, of: number)
        default: throw noCast()
        }
    }

    /// A double, which is not zero where the number is not.
    private func checked(_ double: Double, of number: Decimal) throws(DemetraError) -> Double {
        guard double != 0 || number.unscaled.isZero else {
            throw DemetraError(
                .numericValueOutOfRange, "\"\(number)\" is out of range for type double precision")
        }
        return double
    }

    private func single(_ value: Value) throws(DemetraError) -> Float {
        let wide = try double(value)
        let single = Float(wide)
        if single.isInfinite, wide.isFinite {
            throw DemetraError(.numericValueOutOfRange, "value out of range: overflow")
        }
        if single == 0, wide != 0 {
            throw DemetraError(.numericValueOutOfRange, "value out of range: underflow")
        }
        return single
    }

    private func numeric(
        _ value: Value, _ modifier: NumericModifier?
    ) throws(DemetraError) -> Decimal {
        let number: Decimal
        switch value {
        case .integer(let integer): number = Decimal(integer)
        case .double(let double):
            number = try Decimal(double, significantDigits: source == .real ? 6 : 15)
        case .numeric(let decimal): number = decimal
        default: throw noCast()
        }
        if let modifier { return try number.fitted(to: modifier) }
        return number
    }

    private func time(_ value: Value) throws(DemetraError) -> Value {
        switch (value, target) {
        case (.date(let date), .date): return .date(date)
        case (.date(let date), .timestamp): return .timestamp(date.timestamp)
        case (.date(let date), .timestamptz):
            return .timestamptz(context.zone.instant(date.timestamp))
        case (.timestamp(let time), .date): return .date(time.date)
        case (.timestamp(let time), .timestamp): return .timestamp(time)
        case (.timestamp(let time), .timestamptz): return .timestamptz(context.zone.instant(time))
        case (.timestamp(let time), .time): return .time(timeOfDay(time))
        case (.timestamptz(let time), .timestamptz): return .timestamptz(time)
        case (.timestamptz(let time), .timestamp): return .timestamp(context.zone.local(time))
        case (.timestamptz(let time), .date): return .date(context.zone.local(time).date)
        case (.timestamptz(let time), .time): return .time(timeOfDay(context.zone.local(time)))
        case (.time(let time), .time): return .time(time)
        case (.interval(let interval), .time):
            let day = Civil.microsecondsPerDay
            return .time(((interval.microseconds % day) + day) % day)
        default: throw noCast()
        }
    }

    private func timeOfDay(_ time: Timestamp) -> Int64 {
        let day = Civil.microsecondsPerDay
        return time.microseconds - Civil.floorDivide(time.microseconds, day) * day
    }
}
