/// Names a segment file for its whole life; unique in a database and never used again.
struct SegmentID: Sendable, Hashable, Comparable {
    let number: Int64

    init(_ number: Int64) { self.number = number }

    static func < (left: SegmentID, right: SegmentID) -> Bool { left.number < right.number }
}
