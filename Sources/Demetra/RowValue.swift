/// A Swift type that stands for a value of a row: read with `row["name", as:]`, written with an `Appender`.
public protocol RowValue: Sendable {
    /// The value, or nil when it is of another type.
    init?(rowValue: Value)

    /// This as a value.
    var rowValue: Value { get }
}

extension String: RowValue {
    /// A text.
    public init?(rowValue: Value) {
        guard case .text(let text) = rowValue else { return nil }
        self = text
    }

    /// A text.
    public var rowValue: Value { .text(self) }
}

extension Int: RowValue {
    /// An integer, or an exact number without fraction.
    public init?(rowValue: Value) {
        switch rowValue {
        case .integer(let number): self = Int(number)
        case .numeric(let decimal):
            guard decimal.scale == 0, let digits = decimal.unscaled.narrow,
                let number = Int(exactly: digits)
            else { return nil }
            self = number
        default: return nil
        }
    }

    /// An integer.
    public var rowValue: Value { .integer(Int64(self)) }
}

extension Double: RowValue {
    /// Any number.
    public init?(rowValue: Value) {
        switch rowValue {
        case .double(let number): self = number
        case .integer(let number): self = Double(number)
        case .numeric(let decimal): self = decimal.doubleValue
        default: return nil
        }
    }

    /// A floating-point number.
    public var rowValue: Value { .double(self) }
}

extension Decimal: RowValue {
    /// An exact number or an integer.
    public init?(rowValue: Value) {
        switch rowValue {
        case .numeric(let decimal): self = decimal
        case .integer(let number): self = Decimal(unscaled: Int128(number), scale: 0)
        default: return nil
        }
    }

    /// An exact number.
    public var rowValue: Value { .numeric(self) }
}

extension Bool: RowValue {
    /// A boolean.
    public init?(rowValue: Value) {
        guard case .boolean(let value) = rowValue else { return nil }
        self = value
    }

    /// A boolean.
    public var rowValue: Value { .boolean(self) }
}

extension CalendarDate: RowValue {
    /// A date.
    public init?(rowValue: Value) {
        guard case .date(let date) = rowValue else { return nil }
        self = date
    }

    /// A date.
    public var rowValue: Value { .date(self) }
}

extension Timestamp: RowValue {
    /// A timestamp, with or without time zone; with one it is in UTC.
    public init?(rowValue: Value) {
        switch rowValue {
        case .timestamp(let time), .timestamptz(let time): self = time
        default: return nil
        }
    }

    /// A timestamp without time zone.
    public var rowValue: Value { .timestamp(self) }
}

extension Optional: RowValue where Wrapped: RowValue {
    /// NULL as nil.
    public init?(rowValue: Value) {
        if case .null = rowValue {
            self = Wrapped?.none
            return
        }
        guard let value = Wrapped(rowValue: rowValue) else { return nil }
        self = value
    }

    /// NULL for nil.
    public var rowValue: Value { self?.rowValue ?? .null }
}

extension Array: RowValue where Element: RowValue {
    /// An array whose elements are all of the type; NULL elements need an optional one.
    public init?(rowValue: Value) {
        guard case .array(let values) = rowValue else { return nil }
        var elements: [Element] = []
        for value in values {
            guard let element = Element(rowValue: value) else { return nil }
            elements.append(element)
        }
        self = elements
    }

    /// An array.
    public var rowValue: Value { .array(map(\.rowValue)) }
}
