/// A fixed set of 64-bit words: a bitmap where they lie close together, else open addressing.
///
/// Safe because bitmap positions are compared with the span and slots go through the mask.
// Immutable after init.
struct WordSet: Sendable {
    private let base: UInt64
    /// Words of the bitmap cover `base ..< base + span`; 0 when hashed.
    private let span: UInt64
    private let table: Buffer<UInt64>
    private let mask: Int
    private let hasZero: Bool

    /// The widest range kept as a bitmap: 8 KiB stay in the first-level cache.
    private static let bitmapLimit: UInt64 = 65_536

    init(_ words: [UInt64]) {
        let signed = words.map { Int64(bitPattern: $0) }
        let lowest = UInt64(bitPattern: signed.min() ?? 0)
        let extent = UInt64(bitPattern: signed.max() ?? 0) &- lowest
        hasZero = words.contains(0)
        base = lowest
        if extent < Self.bitmapLimit {
            span = extent + 1
            mask = 0
            let bits = BufferBuilder<UInt64>(capacity: Int(span + 63) / 64)
            bits.pointer.update(repeating: 0, count: Int(span + 63) / 64)
            for word in words {
                bits.pointer[Int((word &- lowest) / 64)] |= 1 << ((word &- lowest) % 64)
            }
            table = bits.freeze(count: Int(span + 63) / 64)
            return
        }
        span = 0
        var slotCount = 16
        while slotCount < words.count * 4 { slotCount *= 2 }
        mask = slotCount - 1
        let slots = BufferBuilder<UInt64>(capacity: slotCount)
        slots.pointer.update(repeating: 0, count: slotCount)
        for word in words where word != 0 {
            var slot = Int(truncatingIfNeeded: hashWord(word)) & mask
            while slots.pointer[slot] != 0, slots.pointer[slot] != word {
                slot = (slot + 1) & mask
            }
            slots.pointer[slot] = word
        }
        table = slots.freeze(count: slotCount)
    }

    /// Runs the membership test of integers over a column.
    func run<Element: FixedWidthInteger & BitwiseCopyable, Use: RowTestUse>(
        _ column: Buffer<Element>, _ use: Use
    ) -> Use.Result {
        withExtendedLifetime(table) {
            if span > 0 {
                return use.run(
                    BitmapTest<Element>(base: base, span: span, bits: table.pointer), column)
            }
            return use.run(
                SlotTest<Element>(slots: table.pointer, mask: mask, hasZero: hasZero), column)
        }
    }

    /// As for integers, over the words of doubles.
    func run<Use: RowTestUse>(doubles column: Buffer<Double>, _ use: Use) -> Use.Result {
        let count = column.count
        let words = BufferBuilder<UInt64>(capacity: count)
        for row in 0..<count { words.pointer[row] = doubleWord(column.pointer[row]) }
        return run(words.freeze(count: count), use)
    }
}

/// One word for each distinct double: zero as minus zero, every NaN the same.
@inline(__always)
func doubleWord(_ value: Double) -> UInt64 {
    // Adding zero turns -0 into 0 and changes nothing else.
    value == value ? (value + 0).bitPattern : Double.nan.bitPattern
}

private struct BitmapTest<Element: FixedWidthInteger & BitwiseCopyable>: RowTest {
    let base: UInt64
    let span: UInt64
    let bits: UnsafePointer<UInt64>

    @inline(__always)
    func holds(_ element: Element) -> Bool {
        let offset = UInt64(truncatingIfNeeded: element) &- base
        let inside = byte(offset < span)
        // Outside the bitmap position 0 is read and then masked away.
        let position = offset & (0 &- UInt64(inside))
        let bit = (bits[Int(truncatingIfNeeded: position &>> 6)] &>> (position & 63)) & 1
        return bit & UInt64(inside) != 0
    }
}

private struct SlotTest<Element: FixedWidthInteger & BitwiseCopyable>: RowTest {
    let slots: UnsafePointer<UInt64>
    let mask: Int
    let hasZero: Bool

    @inline(__always)
    func holds(_ element: Element) -> Bool {
        let word = UInt64(truncatingIfNeeded: element)
        if word == 0 { return hasZero }
        var slot = Int(truncatingIfNeeded: hashWord(word)) & mask
        while true {
            let entry = slots[slot]
            if entry == word { return true }
            if entry == 0 { return false }
            slot = (slot &+ 1) & mask
        }
    }
}
