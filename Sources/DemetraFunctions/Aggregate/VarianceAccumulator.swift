import DemetraTypes
import DemetraVectors

/// Variances and deviations of integers and numerics, exact: sums of the values and of their squares.
///
/// Safe because rows are below the count of their buffers.
// Owned by one worker.
final class VarianceAccumulator: AggregateAccumulator {
    /// The sums of one group, in units of `10^-scale`, and of its square.
    private struct State {
        var count: Int64 = 0
        var scale = 0
        var isNaN = false
        var sum: Int128 = 0
        /// The sum of squares in 256 bits.
        var squares: (high: UInt128, low: UInt128) = (0, 0)
        /// The sums left their bits.
        var isOverflown = false

        mutating func add(_ value: Int128) {
            count += 1
            let (sum, isOverflown) = self.sum.addingReportingOverflow(value)
            self.sum = sum
            let magnitude = value.magnitude
            if magnitude >> 64 == 0 {
                add(squares: (0, magnitude &* magnitude))
            } else {
                let square = magnitude.multipliedFullWidth(by: magnitude)
                add(squares: (square.high, square.low))
            }
            if isOverflown { self.isOverflown = true }
        }

        mutating func add(squares other: (high: UInt128, low: UInt128)) {
            let (low, carry) = squares.low.addingReportingOverflow(other.low)
            let (high, first) = squares.high.addingReportingOverflow(other.high)
            let (whole, second) = high.addingReportingOverflow(carry ? 1 : 0)
            squares = (whole, low)
            if first || second { isOverflown = true }
        }

        /// Counts in smaller units from now on.
        mutating func rescale(to scale: Int) {
            guard scale > self.scale else { return }
            let digits = scale - self.scale
            self.scale = scale
            guard count > 0 else { return }
            if let scaled = WideInteger.scaled(sum, byPowerOfTen: digits) {
                sum = scaled
            } else {
                isOverflown = true
            }
            for _ in 0..<2 { multiplySquares(by: UInt128(WideInteger.powerOfTen(digits))) }
        }

        private mutating func multiplySquares(by factor: UInt128) {
            let low = squares.low.multipliedFullWidth(by: factor)
            let (high, first) = squares.high.multipliedReportingOverflow(by: factor)
            let (whole, second) = high.addingReportingOverflow(low.high)
            squares = (whole, low.low)
            if first || second { isOverflown = true }
        }

        mutating func join(_ other: State) {
            var other = other
            other.rescale(to: scale)
            rescale(to: other.scale)
            count += other.count
            isNaN = isNaN || other.isNaN
            let (sum, isOverflown) = self.sum.addingReportingOverflow(other.sum)
            self.sum = sum
            add(squares: other.squares)
            if isOverflown || other.isOverflown { self.isOverflown = true }
        }
    }

    private let isSample: Bool
    private let isDeviation: Bool
    private let scale: Int
    private var states: [State] = []

    /// - Parameters:
    ///   - isSample: divides by one less than the number of values.
    ///   - scale: of the values, where their type has one.
    init(isSample: Bool, isDeviation: Bool, scale: Int) {
        self.isSample = isSample
        self.isDeviation = isDeviation
        self.scale = scale
    }

    var byteCount: Int { states.count * MemoryLayout<State>.stride }

    func resize(groupCount: Int) {
        let more = groupCount - states.count
        guard more > 0 else { return }
        var state = State()
        state.scale = scale
        states += Array(repeating: state, count: more)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0].withoutConstant()
        let mask = RowMask(vector)
        states.withUnsafeMutableBufferPointer { states in
            func each(_ body: (inout State, Int) -> Void) {
                for row in 0..<count where mask?.isValid(row) ?? true {
                    body(&states[groups.group(row)], row)
                }
            }
            switch vector.storage {
            case .int32(let buffer):
                let values = buffer.pointer
                each { state, row in state.add(Int128(values[row])) }
            case .int64(let buffer):
                let values = buffer.pointer
                each { state, row in state.add(Int128(values[row])) }
            case .int128(let buffer):
                let values = buffer.pointer
                each { state, row in state.add(values[row]) }
            case .decimal(let buffer):
                each { state, row in Self.add(buffer[row], to: &state) }
            default: break
            }
        }
    }

    private static func add(_ value: Decimal, to state: inout State) {
        guard !value.isNaN else {
            state.isNaN = true
            state.count += 1
            return
        }
        state.rescale(to: Int(value.scale))
        guard
            let units = WideInteger.scaled(
                value.unscaled, byPowerOfTen: state.scale - Int(value.scale))
        else {
            state.isOverflown = true
            return
        }
        state.add(units)
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? VarianceAccumulator else { return }
        for group in 0..<min(other.states.count, groupMap.count) {
            states[Int(groupMap[group])].join(other.states[group])
        }
    }

    /// - Throws: 22003 when a sum of squares has more than 77 digits.
    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: .numeric(nil), capacity: groupCount)
        for state in states.prefix(groupCount) {
            if let value = try result(state) {
                builder.append(decimal: value)
            } else {
                builder.appendNull()
            }
        }
        return builder.finish()
    }

    private func result(_ state: State) throws(DemetraError) -> Decimal? {
        guard state.count > (isSample ? 1 : 0) else { return nil }
        if state.isNaN { return .notANumber }
        guard !state.isOverflown else {
            throw DemetraError(
                .numericValueOutOfRange, "value overflows numeric format",
                hint: "Compute the variance of double precision numbers.")
        }
        let count = Decimal(state.count)
        let divisor = try count.multiplied(by: Decimal(isSample ? state.count - 1 : state.count))
        let spread = try Decimal.spread(
            count: state.count, sum: state.sum, squares: state.squares, scale: state.scale * 2)
        guard spread.unscaled > 0 else { return .zero }
        let variance = try spread.divided(by: divisor)
        guard isDeviation else { return variance }
        return try variance.squareRoot().rounded(to: Int(variance.scale))
    }
}
