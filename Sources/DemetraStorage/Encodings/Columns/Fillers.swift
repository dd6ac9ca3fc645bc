import DemetraTypes
import DemetraVectors

/// What stands in NULL rows in memory: zero, or the empty text.
///
/// Safe because masks have a bit for each row of their buffer, and a buffer of valid rows an element for
/// each bit that is set.
enum Fillers {
    /// The largest code, read as unsigned, so that a negative one is too large for any dictionary; -1
    /// without rows.
    static func largest(_ codes: Buffer<Int32>) -> Int {
        var largest: UInt32 = 0
        for row in 0..<codes.count {
            largest = max(largest, UInt32(bitPattern: codes.pointer[row]))
        }
        return codes.count == 0 ? -1 : Int(largest)
    }
}

/// Puts fillers into the NULL rows of what a file holds.
protocol RowFiller {
    func fill<Element: BitwiseCopyable>(_ buffer: Buffer<Element>, _ zero: Element) -> Buffer<
        Element
    >
}

/// A value was there for each row.
struct Blank: RowFiller {
    let validity: ValidityMask

    func fill<Element: BitwiseCopyable>(
        _ buffer: Buffer<Element>, _ zero: Element
    ) -> Buffer<Element> {
        let output = BufferBuilder<Element>(capacity: buffer.count)
        for row in 0..<buffer.count {
            output.pointer[row] = validity.isValid(row) ? buffer.pointer[row] : zero
        }
        return output.freeze(count: buffer.count)
    }
}

/// Only the values of valid rows were there.
struct Spread: RowFiller {
    let validity: ValidityMask

    func fill<Element: BitwiseCopyable>(
        _ buffer: Buffer<Element>, _ zero: Element
    ) -> Buffer<Element> {
        let count = validity.count
        let output = BufferBuilder<Element>(capacity: count)
        let (source, words) = (buffer.pointer, validity.words.pointer)
        var (row, next) = (0, 0)
        while row < count {
            let rows = min(64, count - row)
            let word = words[row &>> 6] & (~UInt64(0) &>> UInt64(64 - rows))
            let target = output.pointer + row
            if word == ~UInt64(0) &>> UInt64(64 - rows) {
                target.update(from: source + next, count: rows)
                next &+= rows
            } else {
                next &+= Self.spread(word, source + next, buffer.count - next, zero, target, rows)
            }
            row &+= rows
        }
        return output.freeze(count: count)
    }
}

extension Spread {
    /// Puts values where bits are set; gives how many there were.
    @inline(__always)
    private static func spread<Element: BitwiseCopyable>(
        _ word: UInt64, _ source: UnsafePointer<Element>, _ left: Int, _ zero: Element,
        _ target: UnsafeMutablePointer<Element>, _ rows: Int
    ) -> Int {
        var next = 0
        guard word != 0, left > rows else {
            target.update(repeating: zero, count: rows)
            var bits = word
            while bits != 0 {
                target[bits.trailingZeroBitCount] = source[next]
                next &+= 1
                bits &= bits &- 1
            }
            return next
        }
        // Without a jump: a value is read for every row, and counts where the bit is set.
        for row in 0..<rows {
            let bit = (word &>> UInt64(truncatingIfNeeded: row)) & 1
            let value = source[next]
            target[row] = bit == 0 ? zero : value
            next &+= Int(truncatingIfNeeded: bit)
        }
        return next
    }
}

extension VectorStorage {
    func filled(by filler: some RowFiller) -> VectorStorage {
        switch self {
        case .boolean(let buffer): .boolean(filler.fill(buffer, 0))
        case .int32(let buffer): .int32(filler.fill(buffer, 0))
        case .int64(let buffer): .int64(filler.fill(buffer, 0))
        case .float64(let buffer): .float64(filler.fill(buffer, 0))
        case .int128(let buffer): .int128(filler.fill(buffer, 0))
        case .decimal(let buffer): .decimal(filler.fill(buffer, Decimal(unscaled: 0, scale: 0)))
        case .interval(let buffer): .interval(filler.fill(buffer, Interval()))
        case .text(let texts):
            .text(
                TextBuffer(
                    references: filler.fill(texts.references, .empty), heap: texts.heap))
        case .dictionary(let codes, let dictionary):
            .dictionary(codes: filler.fill(codes, 0), dictionary)
        case .constant: self
        }
    }
}
