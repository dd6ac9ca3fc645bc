import DemetraTypes

// Safe because references lie inside their heap, and output is reserved before it is written.

extension TextBuffer {
    /// The largest heap that 32-bit offsets reach.
    package static let heapLimit = Int(UInt32.max)

    /// The rows of all parts over one heap.
    ///
    /// A heap that all parts share is shared on; a heap of which at least half is referenced is
    /// copied whole; of others only the referenced bytes are copied, so that a few rows do not
    /// drag a large heap along.
    ///
    /// - Throws: 54000 when the texts together exceed 4 GiB.
    static func concatenating(_ parts: [TextBuffer]) throws(DemetraError) -> TextBuffer {
        let count = parts.reduce(0) { $0 + $1.references.count }
        var references = BufferBuilder<TextReference>(capacity: count)
        if parts.allSatisfy({ $0.heap === parts[0].heap }) {
            for part in parts {
                references.append(part.references.pointer, count: part.references.count)
            }
            return TextBuffer(references: references.freeze(), heap: parts[0].heap)
        }
        var plan = HeapPlan()
        for part in parts { plan.count(part) }
        guard plan.byteCount <= heapLimit else {
            throw DemetraError(
                .programLimitExceeded, "texts of one column exceed 4 GiB in an intermediate result",
                hint: "Reduce the rows or columns that the statement has to keep together.")
        }
        var heap = BufferBuilder<UInt8>(capacity: plan.byteCount)
        for part in parts {
            if let start = plan.start(of: part.heap, copyingInto: &heap) {
                appendMoved(
                    part.references.pointer, part.references.count,
                    UInt32(truncatingIfNeeded: start), &references)
            } else {
                appendCopied(part, &references, &heap)
            }
        }
        return TextBuffer(references: references.freeze(), heap: heap.freeze())
    }

    private static func appendMoved(
        _ source: UnsafePointer<TextReference>, _ count: Int, _ start: UInt32,
        _ references: inout BufferBuilder<TextReference>
    ) {
        let output = references.pointer + references.count
        for row in 0..<count {
            let reference = source[row]
            output[row] = TextReference(
                offset: Int(reference.offset &+ start), byteCount: Int(reference.byteCount))
        }
        references.setCount(references.count + count)
    }

    private static func appendCopied(
        _ part: TextBuffer, _ references: inout BufferBuilder<TextReference>,
        _ heap: inout BufferBuilder<UInt8>
    ) {
        let source = part.references.pointer
        for row in 0..<part.references.count {
            let reference = source[row]
            references.append(
                TextReference(offset: heap.count, byteCount: Int(reference.byteCount)))
            heap.append(
                part.heap.pointer + Int(reference.offset), count: Int(reference.byteCount))
        }
    }
}

/// Decides for each heap whether it is copied whole.
private struct HeapPlan {
    private struct Entry {
        let heapByteCount: Int
        var referencedByteCount = 0
        var start: Int?
        var isWhole: Bool { referencedByteCount * 2 >= heapByteCount }
    }

    private var entries: [ObjectIdentifier: Entry] = [:]

    mutating func count(_ part: TextBuffer) {
        let bytes = referencedByteCount(part.references.pointer, part.references.count)
        entries[
            ObjectIdentifier(part.heap), default: Entry(heapByteCount: part.heap.count)
        ].referencedByteCount += bytes
    }

    /// Bytes of the joined heap.
    var byteCount: Int {
        entries.values.reduce(0) {
            $0 + ($1.isWhole ? $1.heapByteCount : $1.referencedByteCount)
        }
    }

    /// Where the heap begins in the joined one; nil when only referenced bytes are copied.
    mutating func start(
        of source: Buffer<UInt8>, copyingInto heap: inout BufferBuilder<UInt8>
    ) -> Int? {
        let identity = ObjectIdentifier(source)
        guard let entry = entries[identity], entry.isWhole else { return nil }
        if let start = entry.start { return start }
        let start = heap.count
        heap.append(source.pointer, count: source.count)
        entries[identity]?.start = start
        return start
    }
}

/// The bytes that references cover, shared ones as often as they are referenced.
func referencedByteCount(_ references: UnsafePointer<TextReference>, _ count: Int) -> Int {
    var total = 0
    for row in 0..<count { total &+= Int(references[row].byteCount) }
    return total
}
