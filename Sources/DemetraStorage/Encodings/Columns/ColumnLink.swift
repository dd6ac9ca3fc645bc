import DemetraTypes
package import DemetraVectors

/// A column that determines others of its row group.
package struct ColumnLink: Sendable {
    /// Its position.
    package let column: Int
    /// Which of its distinct values each row has.
    let codes: Buffer<Int32>
    let distinctCount: Int
    /// A row with each of the values.
    let firstRows: Buffer<Int32>
}

/// Finds the column that determines most of the others.
///
/// Rows of ads repeat what is known of the ad: its campaign, the names of both, the account, the objective. One
/// value for each ad says as much.
///
/// Safe because codes are below the number of distinct values, and loops stay below the counts.
extension ColumnLink {
    /// Rows by which candidates are found, before all rows are looked at.
    private static let sampleCount = 4_096
    /// Fewer rows are not worth the search.
    private static let fewRows = 256

    /// What each column is to the others.
    ///
    /// - Parameter vectors: the columns of a row group, none constant.
    package static func roles(_ vectors: [Vector]) -> [ColumnRole] {
        let alone = vectors.map { _ in ColumnRole.alone }
        guard let count = vectors.first?.count, count >= fewRows, vectors.count <= Int(UInt16.max),
            let (column, candidates) = likely(vectors, min(count, sampleCount)),
            let link = link(vectors[column], column, count)
        else { return alone }
        let linked = Set(candidates.filter { link.determines(vectors[$0]) })
        guard !linked.isEmpty else { return alone }
        return vectors.indices.map { index in
            if index == column { return .source(link) }
            return linked.contains(index) ? .linked(link) : .beside(link)
        }
    }

    // MARK: Candidates

    private struct Sample {
        let column: Int
        let codes: Buffer<Int64>
        let distinctCount: Int
        /// Without NULLs, and more than a bit wide.
        let mayBeSource: Bool
    }

    /// The column that determines most others in a sample, and those.
    private static func likely(
        _ vectors: [Vector], _ count: Int
    ) -> (column: Int, linked: [Int])? {
        let samples = vectors.indices.compactMap { sample(vectors[$0], $0, count) }
        var best: (column: Int, linked: [Int])?
        for source in samples where source.mayBeSource && source.distinctCount * 2 <= count {
            let linked = samples.filter {
                $0.column != source.column && $0.distinctCount <= source.distinctCount
                    && determines(source, $0, count)
            }
            if linked.count > best?.linked.count ?? 0 {
                best = (source.column, linked.map(\.column))
            }
        }
        return best
    }

    /// Nil for a constant, and for types that are not numbers.
    private static func sample(_ vector: Vector, _ column: Int, _ count: Int) -> Sample? {
        guard let values = numbers(vector, count),
            let (codes, distinct) = LocalCodes.find(values, largest: count),
            distinct.count > 1
        else { return nil }
        return Sample(
            column: column, codes: codes, distinctCount: distinct.count,
            mayBeSource: vector.validity == nil && vector.type.physicalType != .boolean)
    }

    private static func determines(_ source: Sample, _ other: Sample, _ count: Int) -> Bool {
        var values = [Int64](repeating: -1, count: source.distinctCount)
        for row in 0..<count {
            let (code, value) = (Int(source.codes.pointer[row]), other.codes.pointer[row])
            if values[code] < 0 { values[code] = value }
            if values[code] != value { return false }
        }
        return true
    }

    /// Numbers that are alike where the values are; a NULL is a number of its own, or nearly so.
    private static func numbers(_ vector: Vector, _ count: Int) -> Buffer<Int64>? {
        switch vector.storage {
        case .boolean(let buffer): widened(buffer, vector.validity, count)
        case .int32(let buffer), .dictionary(let buffer, _):
            widened(buffer, vector.validity, count)
        case .int64(let buffer): widened(buffer, vector.validity, count)
        default: nil
        }
    }

    private static func widened<Number: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: Buffer<Number>, _ validity: ValidityMask?, _ count: Int
    ) -> Buffer<Int64> {
        let output = BufferBuilder<Int64>(capacity: count)
        for row in 0..<count {
            output.pointer[row] = Int64(truncatingIfNeeded: buffer.pointer[row])
        }
        if let validity {
            for row in 0..<count where !validity.isValid(row) { output.pointer[row] = .min }
        }
        return output.freeze(count: count)
    }

    // MARK: All rows

    /// Nil when the column has too many distinct values.
    private static func link(_ vector: Vector, _ column: Int, _ count: Int) -> ColumnLink? {
        let largest = min(DictionaryIntegers.largest, count / 4)
        guard let values = numbers(vector, count),
            let (wide, distinct) = LocalCodes.find(values, largest: largest)
        else { return nil }
        let codes = BufferBuilder<Int32>(capacity: count)
        let rows = BufferBuilder<Int32>(capacity: distinct.count)
        for row in stride(from: count - 1, through: 0, by: -1) {
            let code = wide.pointer[row]
            codes.pointer[row] = Int32(truncatingIfNeeded: code)
            rows.pointer[Int(code)] = Int32(truncatingIfNeeded: row)
        }
        return ColumnLink(
            column: column, codes: codes.freeze(count: count), distinctCount: distinct.count,
            firstRows: rows.freeze(count: distinct.count))
    }

    /// True when rows with one value here have one value there.
    private func determines(_ vector: Vector) -> Bool {
        if let mask = vector.validity, validity(mask, vector.count) == nil { return false }
        return switch vector.storage {
        case .boolean(let buffer): determines(buffer, vector.validity)
        case .int32(let buffer), .dictionary(let buffer, _): determines(buffer, vector.validity)
        case .int64(let buffer): determines(buffer, vector.validity)
        default: false
        }
    }

    private func determines<Number: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: Buffer<Number>, _ validity: ValidityMask?
    ) -> Bool {
        for row in 0..<codes.count {
            let first = Int(firstRows.pointer[Int(codes.pointer[row])])
            if buffer.pointer[row] != buffer.pointer[first], validity?.isValid(row) ?? true {
                return false
            }
        }
        return true
    }

    /// 1 for each value whose rows are all valid, 0 for each whose rows are all NULL; nil when some value
    /// has both.
    func validity(_ validity: ValidityMask, _ count: Int) -> [UInt8]? {
        var valid = (0..<distinctCount).map { UInt8(validity.isValid(Int(firstRows[$0])) ? 1 : 0) }
        let isOne = valid.withUnsafeMutableBufferPointer { valid in
            for row in 0..<count {
                let isValid: UInt8 = validity.isValid(row) ? 1 : 0
                if valid[Int(codes.pointer[row])] != isValid { return false }
            }
            return true
        }
        return isOne ? valid : nil
    }
}
