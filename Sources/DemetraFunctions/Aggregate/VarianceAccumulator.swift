import DemetraTypes
import DemetraVectors

/// Variances and deviations of integers and numerics, exact: sums of the values and of their squares.
///
/// Safe because rows are below the count of their buffers.
// Owned by one worker.
final class VarianceAccumulator: AggregateAccumulator {
    private let isSample: Bool
    private let isDeviation: Bool
    private let scale: Int
    private var states: [VarianceState] = []

    /// - Parameters:
    ///   - isSample: divides by one less than the number of values.
    ///   - scale: of the values, where their type has one.
    init(isSample: Bool, isDeviation: Bool, scale: Int) {
        self.isSample = isSample
        self.isDeviation = isDeviation
        self.scale = scale
    }

    var byteCount: Int { states.count * MemoryLayout<VarianceState>.stride }

    func resize(groupCount: Int) {
        let more = groupCount - states.count
        guard more > 0 else { return }
        var state = VarianceState()
        state.scale = scale
        states += Array(repeating: state, count: more)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0].withoutConstant()
        let mask = RowMask(vector)
        states.withUnsafeMutableBufferPointer { states in
            func each(_ body: (inout VarianceState, Int) -> Void) {
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
                each { state, row in state.add(buffer[row]) }
            default: break
            }
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? VarianceAccumulator else { return }
        for group in 0..<min(other.states.count, groupMap.count) {
            states[Int(groupMap[group])].join(other.states[group])
        }
    }

    /// - Throws: 22003 when the result has more than 76 digits before its point, or a sum of squares leaves 1,024 bits.
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

    private func result(_ state: VarianceState) throws(DemetraError) -> Decimal? {
        guard state.count > (isSample ? 1 : 0) else { return nil }
        if state.isNaN { return .notANumber }
        let count = Decimal(state.count)
        let divisor = try count.multiplied(by: Decimal(isSample ? state.count - 1 : state.count))
        guard let spread = state.spread else {
            throw DemetraError(
                .numericValueOutOfRange, "value overflows numeric format",
                hint: "Compute the variance of double precision numbers.")
        }
        if spread.magnitude.isZero { return .zero }
        let variance = try Decimal.quotient(
            spread.magnitude, places: spread.places, dividedBy: divisor)
        guard isDeviation else {
            return try Decimal.fitting(
                variance.magnitude, scale: variance.scale, isNegative: false)
        }
        return try Decimal.squareRoot(
            variance.magnitude, scale: variance.scale, digits: variance.scale)
    }
}
