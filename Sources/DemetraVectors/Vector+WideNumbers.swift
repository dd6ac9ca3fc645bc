package import DemetraTypes

extension Decimal {
    /// False for digits of more than 128 bits or more than 38 of them behind the point: what numerics were before.
    package var isShort: Bool { unscaled.narrow != nil && scale <= Self.shortScale }

    /// Digits behind the point that a short number has at most.
    package static let shortScale: Int32 = 38
}

extension Vector {
    /// True when a numeric, alone or in an array, is not short: files that hold one say so.
    package var holdsWideNumbers: Bool {
        switch storage {
        case .constant(let one): return one.vector.holdsWideNumbers
        case .decimal(let buffer):
            for row in 0..<count where !buffer[row].isShort { return true }
            return false
        case .text, .dictionary:
            guard let element = type.arrayElement, element.physicalType == .decimal else {
                return false
            }
            let arrays = ArrayRows(self)
            for row in 0..<count where isValid(row) {
                for item in arrays.items(row) {
                    if case .numeric(let number) = arrays.value(item), !number.isShort {
                        return true
                    }
                }
            }
            return false
        case .boolean, .int32, .int64, .float64, .int128, .interval: return false
        }
    }
}
