import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// The values of a table's time column as microseconds; a row without a time comes before all others.
///
/// Safe because rows are below the count of the vector, which its buffer has.
enum RowTimes {
    /// Nil for a vector that holds no times.
    static func microseconds(_ vector: Vector) -> [Int64]? {
        let vector = vector.withoutConstant()
        var times = [Int64](repeating: .min, count: vector.count)
        switch vector.storage {
        case .int32(let days) where vector.type == .date:
            for row in 0..<vector.count { times[row] = start(ofDay: days.pointer[row]) }
        case .int64(let values) where vector.type.isDateTime:
            for row in 0..<vector.count { times[row] = values.pointer[row] }
        default: return nil
        }
        if let validity = vector.validity {
            for row in 0..<vector.count where !validity.isValid(row) { times[row] = .min }
        }
        return times
    }

    /// The first moment of a day; infinite days are infinite times.
    static func start(ofDay day: Int32) -> Int64 {
        switch day {
        case .max: .max
        case .min: .min
        default: Int64(day) * Civil.microsecondsPerDay
        }
    }

    /// The times between which all values of a zone map lie; nil when it does not say.
    static func range(_ map: ZoneMap) -> ClosedRange<Int64>? {
        if map.isAllNull { return Int64.min...Int64.min }
        guard map.isKnown, let low = map.minimum.flatMap(moment),
            let high = map.maximum.flatMap(moment), low <= high
        else { return nil }
        return map.nullCount > 0 ? Int64.min...high : low...high
    }

    private static func moment(_ value: Value) -> Int64? {
        switch value {
        case .date(let date): start(ofDay: date.days)
        case .timestamp(let time), .timestamptz(let time): time.microseconds
        default: nil
        }
    }
}
