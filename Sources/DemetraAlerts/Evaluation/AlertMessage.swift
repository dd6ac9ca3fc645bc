package import DemetraPlanner
package import DemetraTypes

/// Fills the places of a rule's message.
package enum AlertMessage {
    /// The message with the values of its places, in their order.
    ///
    /// - Parameter zone: the zone in which instants are shown.
    package static func text(
        _ template: MessageTemplate, values: [Value], types: [LogicalType],
        zone: TimeZoneRules = .utc
    ) -> String {
        var result = ""
        for part in template.parts {
            switch part {
            case .text(let text): result += text
            case .place(let index, let format):
                result += shown(values[index], types[index], format, zone)
            }
        }
        return result
    }

    private static func shown(
        _ value: Value, _ type: LogicalType, _ format: MessageFormat?, _ zone: TimeZoneRules
    ) -> String {
        let plain = ValueText.text(value, type: type, zone: zone) ?? "NULL"
        guard let format, format.needsNumber, let number = decimal(value) else { return plain }
        // A number with too many digits is shown as it is: an alert must not fail for its message.
        return formatted(number, format) ?? plain
    }

    /// The exact number, nil for infinities, NaN and what is no number.
    private static func decimal(_ value: Value) -> Decimal? {
        let number: Decimal? =
            switch value {
            case .integer(let number): Decimal(unscaled: Int128(number), scale: 0)
            case .double(let number): try? Decimal(number)
            case .numeric(let number): number
            default: nil
            }
        return number.flatMap { $0.isNaN ? nil : $0 }
    }

    private static func formatted(_ number: Decimal, _ format: MessageFormat) -> String? {
        let digits = format.style == .whole ? 0 : format.digits ?? defaultDigits
        let shifted = format.style == .percent ? hundredfold(number) : number
        guard let rounded = try? shifted?.rounded(to: digits) else { return nil }
        var text = rounded.description
        if format.groupsThousands { text = grouped(text) }
        return format.style == .percent ? text + "%" : text
    }

    /// Digits behind the point when a format names none, as in Python.
    private static let defaultDigits = 6

    private static func hundredfold(_ number: Decimal) -> Decimal? {
        if number.scale >= 2 {
            return Decimal(unscaled: number.unscaled, scale: Int(number.scale) - 2)
        }
        return (try? number.multiplied(by: Decimal(100)))?.truncated(to: 0)
    }

    /// The number's text with a comma before each three digits of its whole part.
    private static func grouped(_ text: String) -> String {
        let sign = text.hasPrefix("-") ? "-" : ""
        let whole = text.dropFirst(sign.count).prefix { $0 != "." }
        let fraction = text.dropFirst(sign.count + whole.count)
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return sign + result + fraction
    }
}
