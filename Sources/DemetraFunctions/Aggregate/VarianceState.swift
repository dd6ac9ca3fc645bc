import DemetraTypes

/// The sums of one group, in units of `10^-scale`, and of its square: 128 and 256 bits, and four times as many from the
/// first number on that needs them.
struct VarianceState {
    private(set) var count: Int64 = 0
    var scale = 0
    private(set) var isNaN = false
    private var sum: Int128 = 0
    private var squares = UInt256.zero
    private var wide: WideSums?

    mutating func add(_ value: Int128) {
        count += 1
        let magnitude = value.magnitude
        let square =
            magnitude >> 64 == 0
            ? UInt256(magnitude &* magnitude) : UInt256(multiplying: magnitude, by: magnitude)
        let (total, isBeyond) = sum.addingReportingOverflow(value)
        let (whole, isBeyondToo) = squares.addingReportingOverflow(square)
        guard wide == nil, !isBeyond, !isBeyondToo else {
            return widened().add(
                UInt512(UInt256(magnitude)), isNegative: value < 0, places: 0)
        }
        (sum, squares) = (total, whole)
    }

    mutating func add(_ value: Decimal) {
        guard !value.isNaN else {
            isNaN = true
            count += 1
            return
        }
        rescale(to: Int(value.scale))
        let places = scale - Int(value.scale)
        if let narrow = value.unscaled.narrow,
            let units = WideInteger.scaled(narrow, byPowerOfTen: places)
        {
            return add(units)
        }
        count += 1
        widened().add(
            UInt512(value.unscaled.magnitude), isNegative: value.unscaled.isNegative, places: places
        )
    }

    /// Counts in smaller units from now on.
    mutating func rescale(to scale: Int) {
        guard scale > self.scale else { return }
        let digits = scale - self.scale
        self.scale = scale
        guard count > 0 else { return }
        if wide == nil, let sum = WideInteger.scaled(sum, byPowerOfTen: digits),
            let squares = squares.scaled(byPowerOfTen: 2 * digits)
        {
            (self.sum, self.squares) = (sum, squares)
        } else {
            widened().rescale(byPowerOfTen: digits)
        }
    }

    mutating func join(_ other: VarianceState) {
        var other = other
        other.wide = other.wide?.copy
        other.rescale(to: scale)
        rescale(to: other.scale)
        count += other.count
        isNaN = isNaN || other.isNaN
        let (total, isBeyond) = sum.addingReportingOverflow(other.sum)
        let (whole, isBeyondToo) = squares.addingReportingOverflow(other.squares)
        if wide == nil, other.wide == nil, !isBeyond, !isBeyondToo {
            (sum, squares) = (total, whole)
        } else {
            widened().join(other.widened())
        }
    }

    /// `count` times the sum of squares less the square of the sum, in units of `10^-places`: what a variance divides;
    /// nil when it left its bits.
    var spread: (magnitude: UInt512, places: Int)? {
        let sums = wide ?? WideSums(sum, squares)
        guard !sums.isOverflown,
            let product = sums.squares.multiplied(by: UInt256(UInt128(count)))
        else { return nil }
        // Never less than the square of the sum (Cauchy and Schwarz).
        let (spread, dropped) = product.subtracting(SquareSum(squaring: sums.sum)).shortened
        return dropped > 2 * scale ? nil : (spread, 2 * scale - dropped)
    }

    private mutating func widened() -> WideSums {
        if let wide { return wide }
        let sums = WideSums(sum, squares)
        wide = sums
        return sums
    }
}

/// Sums that 128 and 256 bits do not hold, in four times as many.
// Owned by one state.
private final class WideSums {
    private(set) var sum: UInt512
    private var isNegative: Bool
    private(set) var squares: SquareSum
    /// The sums left these bits too.
    private(set) var isOverflown = false

    init(_ sum: Int128, _ squares: UInt256) {
        self.sum = UInt512(UInt256(sum.magnitude))
        isNegative = sum < 0
        self.squares = SquareSum(UInt512(squares))
    }

    private init(_ other: WideSums) {
        (sum, isNegative, squares) = (other.sum, other.isNegative, other.squares)
        isOverflown = other.isOverflown
    }

    var copy: WideSums { WideSums(self) }

    /// Adds `magnitude * 10^places`.
    func add(_ magnitude: UInt512, isNegative: Bool, places: Int) {
        guard let units = magnitude.scaled(byPowerOfTen: places) else {
            isOverflown = true
            return
        }
        addSum(units, isNegative)
        if !squares.add(SquareSum(squaring: units)) { isOverflown = true }
    }

    private func addSum(_ units: UInt512, _ isNegative: Bool) {
        if isNegative == self.isNegative {
            let (total, overflow) = sum.addingReportingOverflow(units)
            sum = total
            if overflow { isOverflown = true }
        } else if sum < units {
            (sum, self.isNegative) = (units &- sum, isNegative)
        } else {
            sum = sum &- units
        }
    }

    func rescale(byPowerOfTen digits: Int) {
        guard let sum = sum.scaled(byPowerOfTen: digits),
            let squares = squares.scaled(byPowerOfTen: 2 * digits)
        else {
            isOverflown = true
            return
        }
        (self.sum, self.squares) = (sum, squares)
    }

    func join(_ other: WideSums) {
        addSum(other.sum, other.isNegative)
        if !squares.add(other.squares) || other.isOverflown { isOverflown = true }
    }
}
