import DemetraCatalog
import DemetraTypes
import DemetraVectors

// Zone maps of vectors: one pass over the values. Every row of every load passes here, so the loops are
// plain ones over pointers.
//
// Safe because every loop runs over the rows that its buffer has.

extension ZoneMap {
    /// Looks at every value.
    init(_ vector: Vector) {
        let vector = vector.withoutConstant()
        let nullCount = vector.validity?.nullCount ?? 0
        if nullCount == vector.count {
            self = .nulls(rowCount: vector.count)
            return
        }
        let isNumber = vector.type.isInteger || vector.type.isNumeric
        var (low, high): (Value?, Value?) = (nil, nil)
        var sum: Int128?
        func keep(_ rows: (Int, Int)) {
            (low, high) = (vector.value(at: rows.0), vector.value(at: rows.1))
        }
        switch vector.storage {
        case .int32(let buffer):
            keep(extremes(buffer.pointer, vector.validity, vector.count))
            if isNumber { sum = total(buffer.pointer, vector.validity, vector.count) }
        case .int64(let buffer):
            keep(extremes(buffer.pointer, vector.validity, vector.count))
            if isNumber { sum = total(buffer.pointer, vector.validity, vector.count) }
        case .int128(let buffer):
            if let narrow = buffer.narrowed() {
                withExtendedLifetime(narrow) {
                    keep(extremes(narrow.pointer, vector.validity, vector.count))
                    sum = total(narrow.pointer, vector.validity, vector.count)
                }
            } else {
                keep(extremes(buffer.pointer, vector.validity, vector.count))
                sum = wideTotal(buffer.pointer, vector.validity, vector.count)
            }
        case .float64(let buffer):
            keep(extremes(buffer.pointer, vector.validity, vector.count))
        case .dictionary(let codes, let dictionary):
            if let rows = extremes(codes.pointer, vector.validity, vector.count, dictionary) {
                keep(rows)
            }
        case .boolean, .decimal, .interval, .text, .constant: break
        }
        if let a = low, let b = high, !ValueCodec.keeps(a) || !ValueCodec.keeps(b) {
            (low, high) = (nil, nil)
        }
        self.init(
            minimum: low, maximum: high, nullCount: nullCount, rowCount: vector.count, sum: sum)
    }
}

extension ZoneMap {
    /// Rows that are older than a column.
    static func constant(_ column: ColumnDefinition, rowCount: Int) -> ZoneMap {
        guard let value = column.missingValue, value != .null else {
            return .nulls(rowCount: rowCount)
        }
        let one = ZoneMap(Vector([value], type: column.type))
        let sum = one.sum.flatMap { sum -> Int128? in
            let (product, isBeyond) = sum.multipliedReportingOverflow(by: Int128(rowCount))
            return isBeyond ? nil : product
        }
        return ZoneMap(
            minimum: one.minimum, maximum: one.maximum, nullCount: 0, rowCount: rowCount, sum: sum)
    }
}

/// The rows of the least and the greatest value; some row is valid.
private func extremes<Number: FixedWidthInteger>(
    _ values: UnsafePointer<Number>, _ validity: ValidityMask?, _ count: Int
) -> (Int, Int) {
    var (low, high) = (0, 0)
    if let validity {
        while !validity.isValid(low) { low += 1 }
        high = low
        for row in low..<count where validity.isValid(row) {
            if values[row] < values[low] { low = row }
            if values[row] > values[high] { high = row }
        }
        return (low, high)
    }
    var (least, greatest) = (values[0], values[0])
    for row in 0..<count {
        least = min(least, values[row])
        greatest = max(greatest, values[row])
    }
    while values[low] != least { low += 1 }
    while values[high] != greatest { high += 1 }
    return (low, high)
}

/// NaN is the greatest, as SQL orders it.
private func extremes(
    _ values: UnsafePointer<Double>, _ validity: ValidityMask?, _ count: Int
) -> (Int, Int) {
    var (low, high): (Int?, Int?) = (nil, nil)
    var (least, greatest) = (0.0, 0.0)
    for row in 0..<count {
        if let validity, !validity.isValid(row) { continue }
        let value = values[row]
        if low == nil || value < least || (least.isNaN && !value.isNaN) {
            (low, least) = (row, value)
        }
        if high == nil || value > greatest || (value.isNaN && !greatest.isNaN) {
            (high, greatest) = (row, value)
        }
    }
    return (low ?? 0, high ?? 0)
}

/// By the texts of the codes that occur; nil when there is none.
private func extremes(
    _ codes: UnsafePointer<Int32>, _ validity: ValidityMask?, _ count: Int,
    _ dictionary: VectorDictionary
) -> (Int, Int)? {
    var firstRows = [Int32](repeating: -1, count: dictionary.count)
    for row in 0..<count {
        if let validity, !validity.isValid(row) { continue }
        let code = Int(codes[row])
        if firstRows[code] < 0 { firstRows[code] = Int32(truncatingIfNeeded: row) }
    }
    var (low, high): (Int?, Int?) = (nil, nil)
    func precedes(_ left: Int, _ right: Int) -> Bool {
        dictionary.values.bytes(at: left).lexicographicallyPrecedes(
            dictionary.values.bytes(at: right))
    }
    for code in firstRows.indices where firstRows[code] >= 0 {
        if low.map({ precedes(code, $0) }) ?? true { low = code }
        if high.map({ precedes($0, code) }) ?? true { high = code }
    }
    guard let low, let high else { return nil }
    return (Int(firstRows[low]), Int(firstRows[high]))
}

/// In two lanes, which 65,536 values cannot overflow: a longer vector is summed piece by piece.
private func total<Number: FixedWidthInteger>(
    _ values: UnsafePointer<Number>, _ validity: ValidityMask?, _ count: Int
) -> Int128 {
    var sum: Int128 = 0
    var start = 0
    while start < count {
        let end = min(count, start + RowGroup.capacity)
        var (lower, upper) = (Int64(0), Int64(0))
        if let validity {
            for row in start..<end where validity.isValid(row) {
                let value = Int64(truncatingIfNeeded: values[row])
                lower &+= value & 0xffff_ffff
                upper &+= value &>> 32
            }
        } else {
            for row in start..<end {
                let value = Int64(truncatingIfNeeded: values[row])
                lower &+= value & 0xffff_ffff
                upper &+= value &>> 32
            }
        }
        sum += Int128(upper) << 32 + Int128(lower)
        start = end
    }
    return sum
}

private func wideTotal(
    _ values: UnsafePointer<Int128>, _ validity: ValidityMask?, _ count: Int
) -> Int128? {
    var sum: Int128 = 0
    for row in 0..<count {
        if let validity, !validity.isValid(row) { continue }
        let (next, overflows) = sum.addingReportingOverflow(values[row])
        if overflows { return nil }
        sum = next
    }
    return sum
}
