import DemetraTypes

// Parser of interval fields.
//
// Safe because only the `count` bytes given are read.

/// Fields of an interval column, read as interval literals are: speed does not matter here.
struct IntervalField: FieldParser {
    static let filler = Interval()

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Interval>
    ) -> FieldOutcome {
        let string = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        do throws(DemetraError) {
            element.pointee = try IntervalText.parse(string)
            return .parsed
        } catch {
            return error.sqlState == .invalidDatetimeFormat ? .malformed : .outOfRange
        }
    }
}
