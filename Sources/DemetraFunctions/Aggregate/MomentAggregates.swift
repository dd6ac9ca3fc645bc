import DemetraTypes
import DemetraVectors

/// Variances, covariances and regressions.
///
/// Keeps means and centred second moments, updated one row at a time and joined pairwise, so that values
/// far from zero lose no digits.
///
/// - Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
///   variances", 1979.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class MomentAccumulator: AggregateAccumulator {
    /// What is computed of the moments.
    enum Output: Sendable {
        case varianceSample, variancePopulation, deviationSample, deviationPopulation
        case covariancePopulation, covarianceSample, correlation, slope, intercept, r2
        case count, averageX, averageY, sxx, syy, sxy
    }

    private struct State {
        var count = 0.0
        var meanX = 0.0
        var meanY = 0.0
        var sxx = 0.0
        var syy = 0.0
        var sxy = 0.0

        mutating func add(_ x: Double, _ y: Double) {
            count += 1
            let share = 1 / count
            let dx = x - meanX
            let dy = y - meanY
            meanX += dx * share
            meanY += dy * share
            sxx += dx * (x - meanX)
            syy += dy * (y - meanY)
            sxy += dx * (y - meanY)
        }

        mutating func join(_ other: State) {
            guard other.count > 0 else { return }
            guard count > 0 else {
                self = other
                return
            }
            let total = count + other.count
            let dx = other.meanX - meanX
            let dy = other.meanY - meanY
            let weight = count * other.count / total
            sxx += other.sxx + dx * dx * weight
            syy += other.syy + dy * dy * weight
            sxy += other.sxy + dx * dy * weight
            meanX += dx * other.count / total
            meanY += dy * other.count / total
            count = total
        }
    }

    private let output: Output
    private let type: LogicalType
    private var states: [State] = []

    init(_ output: Output, type: LogicalType) {
        self.output = output
        self.type = type
    }

    var byteCount: Int { states.count * 48 }

    func resize(groupCount: Int) {
        if groupCount > states.count {
            states += Array(repeating: State(), count: groupCount - states.count)
        }
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        // One argument is x; of two the first is y, as in regr_slope(y, x).
        guard let last = arguments.last,
            case .float64(let x) = last.withoutConstant().storage,
            case .float64(let y) = arguments[0].withoutConstant().storage
        else { return }
        let (maskX, maskY) = (RowMask(last), RowMask(arguments[0]))
        let (xs, ys) = (x.pointer, y.pointer)
        let rows: Buffer<Int32>? = if case .rows(let rows) = groups { rows } else { nil }
        let group = rows?.pointer
        let only = rows == nil ? groups.group(0) : 0
        states.withUnsafeMutableBufferPointer { states in
            for row in 0..<count
            where (maskX?.isValid(row) ?? true) && (maskY?.isValid(row) ?? true) {
                states[group.map { Int($0[row]) } ?? only].add(xs[row], ys[row])
            }
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? MomentAccumulator else { return }
        for group in 0..<min(other.states.count, groupMap.count) {
            states[Int(groupMap[group])].join(other.states[group])
        }
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            guard let value = Self.result(states[group], output) else {
                builder.appendNull()
                continue
            }
            switch type.physicalType {
            case .decimal: builder.append(decimal: try Decimal.parse(value.description))
            case .int64: builder.append(int64: Int64(value))
            default: builder.append(double: value)
            }
        }
        return builder.finish()
    }

    private static func result(_ state: State, _ output: Output) -> Double? {
        let count = state.count
        switch output {
        case .count: return count
        case .varianceSample: return count > 1 ? state.sxx / (count - 1) : nil
        case .deviationSample: return count > 1 ? (state.sxx / (count - 1)).squareRoot() : nil
        default: break
        }
        guard count > 0 else { return nil }
        switch output {
        case .variancePopulation: return state.sxx / count
        case .deviationPopulation: return (state.sxx / count).squareRoot()
        case .covariancePopulation: return state.sxy / count
        case .covarianceSample: return count > 1 ? state.sxy / (count - 1) : nil
        case .correlation:
            guard state.sxx > 0, state.syy > 0 else { return nil }
            return state.sxy / (state.sxx * state.syy).squareRoot()
        case .slope: return state.sxx > 0 ? state.sxy / state.sxx : nil
        case .intercept:
            return state.sxx > 0 ? state.meanY - state.meanX * state.sxy / state.sxx : nil
        case .r2:
            guard state.sxx > 0 else { return nil }
            return state.syy == 0 ? 1 : state.sxy * state.sxy / (state.sxx * state.syy)
        case .averageX: return state.meanX
        case .averageY: return state.meanY
        case .sxx: return state.sxx
        case .syy: return state.syy
        case .sxy: return state.sxy
        default: return nil
        }
    }
}
