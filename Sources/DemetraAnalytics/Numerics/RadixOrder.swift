/// Orders many numbers at once by their digits, a byte a pass: each pass is linear, however many there are.
///
/// Safe because a digit's places are as many as the keys that have it.
///
/// - Source: Knuth, "The art of computer programming", volume 3, 5.2.5 (distribution sorting).
enum RadixOrder {
    private typealias Item = (key: UInt64, position: Int)
    private static let digitCount = 8

    /// The positions of the keys from the least key up; those of equal keys in the order they stand.
    static func positions(_ keys: [UInt64]) -> [Int] {
        var items = keys.enumerated().map { Item(key: $1, position: $0) }
        var moved = items
        let counts = digitCounts(keys)
        for digit in 0..<digitCount {
            let counts = counts[(256 * digit)..<(256 * digit + 256)]
            // A digit that all share orders nothing.
            if counts.contains(keys.count) { continue }
            items.withUnsafeBufferPointer { items in
                moved.withUnsafeMutableBufferPointer { moved in
                    distribute(items, by: UInt64(8 * digit), Array(counts), into: moved)
                }
            }
            swap(&items, &moved)
        }
        return items.map(\.position)
    }

    /// How many keys have each value of each digit.
    private static func digitCounts(_ keys: [UInt64]) -> [Int] {
        var counts = [Int](repeating: 0, count: 256 * digitCount)
        counts.withUnsafeMutableBufferPointer { counts in
            for key in keys {
                for digit in 0..<digitCount {
                    counts[256 &* digit &+ Int(key &>> UInt64(8 &* digit) & 255)] &+= 1
                }
            }
        }
        return counts
    }

    private static func distribute(
        _ items: UnsafeBufferPointer<Item>, by shift: UInt64, _ counts: [Int],
        into moved: UnsafeMutableBufferPointer<Item>
    ) {
        var places = counts
        var next = 0
        for value in 0..<256 {
            places[value] = next
            next += counts[value]
        }
        places.withUnsafeMutableBufferPointer { places in
            for item in items {
                let value = Int(item.key &>> shift & 255)
                moved[places[value]] = item
                places[value] &+= 1
            }
        }
    }

    /// The positions of numbers from the least up, none of them NaN; those of equal ones in the order they stand.
    static func positions(_ values: [Double]) -> [Int] { positions(values.map { key($0) }) }

    /// The numbers from the least up, none of them NaN.
    static func sorted(_ values: [Double]) -> [Double] { positions(values).map { values[$0] } }

    /// A key that ascends with the number; both zeros share one.
    private static func key(_ value: Double) -> UInt64 {
        let bits = (value + 0).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }
}
