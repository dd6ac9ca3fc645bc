/// A rearrangement of rows that is the same for elements of any size: gather, slice, copy.
///
/// Lets one piece of code move all physical types; each use is specialised inside the module.
protocol BufferTransform {
    /// The rearranged elements.
    func transform<Element: BitwiseCopyable>(_ buffer: Buffer<Element>) -> Buffer<Element>
}

extension VectorStorage {
    /// The same kind of storage with its rows rearranged; a constant is returned as it is.
    func transformed(by transform: some BufferTransform) -> VectorStorage {
        switch self {
        case .boolean(let buffer): .boolean(transform.transform(buffer))
        case .int32(let buffer): .int32(transform.transform(buffer))
        case .int64(let buffer): .int64(transform.transform(buffer))
        case .float64(let buffer): .float64(transform.transform(buffer))
        case .int128(let buffer): .int128(transform.transform(buffer))
        case .decimal(let buffer): .decimal(transform.transform(buffer))
        case .interval(let buffer): .interval(transform.transform(buffer))
        case .text(let texts):
            .text(
                TextBuffer(references: transform.transform(texts.references), heap: texts.heap))
        case .dictionary(let codes, let dictionary):
            .dictionary(codes: transform.transform(codes), dictionary)
        case .constant: self
        }
    }
}

/// Element `rows[i]` as element i.
///
/// Safe because `taking` checks every row against the source before it gathers.
struct Gather: BufferTransform {
    let rows: Buffer<Int32>

    func transform<Element: BitwiseCopyable>(_ buffer: Buffer<Element>) -> Buffer<Element> {
        let count = rows.count
        let builder = BufferBuilder<Element>(capacity: count)
        gather(buffer.pointer, rows.pointer, builder.pointer, count)
        return builder.freeze(count: count)
    }
}

/// As `Gather`, with zero bytes for a negative row: the filler of a NULL.
struct GatherOptional: BufferTransform {
    let rows: Buffer<Int32>

    func transform<Element: BitwiseCopyable>(_ buffer: Buffer<Element>) -> Buffer<Element> {
        let count = rows.count
        let builder = BufferBuilder<Element>(capacity: count)
        UnsafeMutableRawPointer(builder.pointer)
            .initializeMemory(
                as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
        gatherOptional(buffer.pointer, rows.pointer, builder.pointer, count)
        return builder.freeze(count: count)
    }
}

/// Elements `first ..< first + count`, in the memory they are in.
struct Slice: BufferTransform {
    let first: Int
    let count: Int

    func transform<Element: BitwiseCopyable>(_ buffer: Buffer<Element>) -> Buffer<Element> {
        buffer.part(from: first, count: count)
    }
}

@inline(__always)
func gather<Element: BitwiseCopyable>(
    _ source: UnsafePointer<Element>, _ rows: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Element>, _ count: Int
) {
    for index in 0..<count {
        output[index] = source[Int(truncatingIfNeeded: rows[index])]
    }
}

@inline(__always)
func gatherOptional<Element: BitwiseCopyable>(
    _ source: UnsafePointer<Element>, _ rows: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Element>, _ count: Int
) {
    for index in 0..<count where rows[index] >= 0 {
        output[index] = source[Int(truncatingIfNeeded: rows[index])]
    }
}

/// The largest of unsigned rows: at least 2^31 when one is negative.
func largestUnsigned(_ rows: UnsafePointer<Int32>, _ count: Int) -> UInt32 {
    var largest: UInt32 = 0
    for index in 0..<count { largest = max(largest, UInt32(bitPattern: rows[index])) }
    return largest
}

/// The largest of signed rows; -1 when there is none.
func largestSigned(_ rows: UnsafePointer<Int32>, _ count: Int) -> Int32 {
    var largest: Int32 = -1
    for index in 0..<count { largest = max(largest, rows[index]) }
    return largest
}
