import DemetraTypes

/// A sum of decimals that is exact as long as 512 bits hold it: what cancels out on the way does not count.
struct ExactSum {
    private enum Form {
        case short(Decimal)
        indirect case long(LongSum)
    }

    private var form = Form.short(.zero)
    private(set) var count: Int64 = 0

    mutating func add(_ value: Decimal) {
        count += 1
        add(.short(value))
    }

    mutating func join(_ other: ExactSum) {
        count += other.count
        add(other.form)
    }

    private mutating func add(_ other: Form) {
        switch (form, other) {
        case (.short(let sum), .short(let value)):
            if let exact = sum.addingExactly(value) {
                form = .short(exact)
            } else {
                form = .long(LongSum(sum).adding(LongSum(value)))
            }
        case (.short(let sum), .long(let value)), (.long(let value), .short(let sum)):
            form = sum.isNaN ? .short(sum) : .long(value.adding(LongSum(sum)))
        case (.long(let sum), .long(let value)): form = .long(sum.adding(value))
        }
    }

    /// - Throws: 22003 beyond 76 digits before the point.
    func total() throws(DemetraError) -> Decimal {
        switch form {
        case .short(let sum): return sum
        case .long(let sum): return try sum.decimal()
        }
    }

    /// - Throws: 22003 beyond 76 digits before the point.
    func average() throws(DemetraError) -> Decimal {
        switch form {
        case .short(let sum): return try sum.divided(by: Decimal(count))
        case .long(let sum): return try sum.divided(by: count)
        }
    }
}

/// A number of up to 153 digits.
private struct LongSum {
    private var magnitude: UInt512
    private var isNegative: Bool
    private var scale: Int
    /// The sum left its bits in front of the point.
    private var isBeyond = false

    /// One digit less than 512 bits hold, so that two sums can be added.
    private static let mostDigits = 153

    init(_ number: Decimal) {
        magnitude = UInt512(number.unscaled.magnitude)
        isNegative = number.unscaled.isNegative
        scale = Int(number.scale)
    }

    func adding(_ other: LongSum) -> LongSum {
        var (left, right) = (self, other)
        left.extend(to: right.scale)
        right.extend(to: left.scale)
        // Digits for which the other has no room are cut off.
        left.cut(to: right.scale)
        right.cut(to: left.scale)
        var sum = left
        if left.isNegative == right.isNegative {
            let (total, overflow) = left.magnitude.addingReportingOverflow(right.magnitude)
            sum.magnitude = total
            sum.isBeyond = overflow
        } else if left.magnitude < right.magnitude {
            sum.magnitude = right.magnitude &- left.magnitude
            sum.isNegative = right.isNegative
        } else {
            sum.magnitude = left.magnitude &- right.magnitude
        }
        sum.isBeyond = sum.isBeyond || left.isBeyond || right.isBeyond
        if sum.scale > 0, sum.magnitude.digitBound > Self.mostDigits { sum.cut(to: sum.scale - 1) }
        return sum
    }

    private mutating func extend(to scale: Int) {
        let room = magnitude.isZero ? .max : Self.mostDigits - magnitude.digitBound
        let places = min(scale - self.scale, room)
        guard places > 0, let product = magnitude.scaled(byPowerOfTen: places) else { return }
        magnitude = product
        self.scale += places
    }

    private mutating func cut(to scale: Int) {
        guard scale < self.scale else { return }
        magnitude = magnitude.marked(droppingDigits: self.scale - scale)
        self.scale = scale
    }

    func decimal() throws(DemetraError) -> Decimal {
        if isBeyond { throw Decimal.overflow() }
        return try Decimal.fitting(magnitude, scale: scale, isNegative: isNegative)
    }

    func divided(by count: Int64) throws(DemetraError) -> Decimal {
        if isBeyond { throw Decimal.overflow() }
        let quotient = try Decimal.quotient(
            magnitude, places: scale, dividedBy: Decimal(count))
        return try Decimal.fitting(
            quotient.magnitude, scale: quotient.scale, isNegative: isNegative)
    }
}
