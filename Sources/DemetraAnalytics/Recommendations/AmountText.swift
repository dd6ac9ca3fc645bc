/// Numbers in sentences.
enum AmountText {
    /// Two decimals below 1000, none from there on, four significant digits below 0.005; groups of three digits.
    ///
    /// - Parameters:
    ///   - mark: between whole and part.
    ///   - group: between groups of digits.
    static func text(_ value: Double, mark: String, group: String) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let size = abs(value)
        if size > 0, size < 0.005 { return "\(significant(value))".replacing(".", with: mark) }
        let decimals = size >= 1_000 ? 0 : 2
        let scale = decimals == 0 ? 1.0 : 100.0
        let scaled = Int64((size * scale).rounded())
        let (whole, part) = (scaled / Int64(scale), scaled % Int64(scale))
        var text = grouped(whole, group)
        if part > 0 { text += mark + (part < 10 ? "0" : "") + "\(part)" }
        return (value < 0 && scaled > 0 ? "-" : "") + text
    }

    /// A share as percent, one decimal.
    static func percent(_ share: Double, mark: String) -> String {
        let tenths = Int64((abs(share) * 1_000).rounded())
        let sign = share < 0 && tenths > 0 ? "-" : ""
        return sign + "\(tenths / 10)" + (tenths % 10 > 0 ? "\(mark)\(tenths % 10)" : "")
    }

    private static func significant(_ value: Double) -> Double {
        var scale = 1.0
        while abs(value) * scale < 1_000, scale < 1e18 { scale *= 10 }
        return (value * scale).rounded() / scale
    }

    private static func grouped(_ number: Int64, _ group: String) -> String {
        let digits = Array("\(number)")
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += group }
            text.append(digit)
        }
        return text
    }
}
