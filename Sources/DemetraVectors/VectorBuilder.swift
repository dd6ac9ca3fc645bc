package import DemetraTypes

/// Collects values one by one into a flat vector; for parsers, literals and cold paths.
///
/// Keeps elements of any physical type in one run of raw memory, whose element size is fixed by
/// the type; appending a value of another physical type is a programmer's error and stops.
///
/// Safe because elements are written at multiples of the stride below the capacity, and the memory
/// is given up as a buffer of the very type it was made for.
package struct VectorBuilder: ~Copyable {
    /// The type of the values.
    package let type: LogicalType
    /// Rows so far.
    package private(set) var count = 0
    private let physicalType: PhysicalType
    private let stride: Int
    private var capacity: Int
    private var elements: UnsafeMutableRawPointer
    private var valid: BufferBuilder<UInt8>
    private var heap: BufferBuilder<UInt8>
    private var nullCount = 0

    /// An empty builder with room for `capacity` rows.
    package init(type: LogicalType, capacity: Int = 64) {
        self.type = type
        self.capacity = max(capacity, 1)
        physicalType = type.physicalType
        stride = Self.stride(of: physicalType)
        elements = .allocate(byteCount: self.capacity * stride, alignment: 16)
        valid = BufferBuilder(capacity: self.capacity)
        heap = BufferBuilder(capacity: physicalType == .text ? self.capacity * 16 : 1)
    }

    deinit { elements.deallocate() }

    private static func stride(of type: PhysicalType) -> Int {
        switch type {
        case .boolean: 1
        case .int32: 4
        case .int64, .float64: 8
        case .int128: MemoryLayout<Int128>.stride
        case .decimal: MemoryLayout<Decimal>.stride
        case .interval: MemoryLayout<Interval>.stride
        case .text: MemoryLayout<TextReference>.stride
        }
    }

    private mutating func store<Element: BitwiseCopyable>(
        _ element: Element, _ expected: PhysicalType
    ) {
        precondition(expected == physicalType, "a value of another physical type was appended")
        if count == capacity { grow() }
        elements.storeBytes(of: element, toByteOffset: count * stride, as: Element.self)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * 2 * stride, alignment: 16)
        larger.copyMemory(from: elements, byteCount: count * stride)
        elements.deallocate()
        elements = larger
        capacity *= 2
    }

    /// Adds NULL.
    package mutating func appendNull() {
        valid.append(0)
        nullCount += 1
        switch physicalType {
        case .boolean: store(UInt8(0), .boolean)
        case .int32: store(Int32(0), .int32)
        case .int64: store(Int64(0), .int64)
        case .float64: store(Double(0), .float64)
        case .int128: store(Int128(0), .int128)
        case .decimal: store(Decimal(unscaled: 0, scale: 0), .decimal)
        case .interval: store(Interval(), .interval)
        case .text: store(TextReference.empty, .text)
        }
    }

    /// Adds a boolean to a boolean vector.
    package mutating func append(boolean value: Bool) {
        store(UInt8(value ? 1 : 0), .boolean)
        valid.append(1)
    }

    /// Adds an element of an int32 vector.
    package mutating func append(int32 value: Int32) {
        store(value, .int32)
        valid.append(1)
    }

    /// Adds an element of an int64 vector.
    package mutating func append(int64 value: Int64) {
        store(value, .int64)
        valid.append(1)
    }

    /// Adds an element of a float64 vector.
    package mutating func append(double value: Double) {
        store(value, .float64)
        valid.append(1)
    }

    /// Adds an element of an int128 vector.
    package mutating func append(int128 value: Int128) {
        store(value, .int128)
        valid.append(1)
    }

    /// Adds an element of a decimal vector.
    package mutating func append(decimal value: Decimal) {
        store(value, .decimal)
        valid.append(1)
    }

    /// Adds an interval.
    package mutating func append(interval value: Interval) {
        store(value, .interval)
        valid.append(1)
    }

    /// Adds a text.
    package mutating func append(text value: String) {
        var value = value
        value.withUTF8 { append(bytes: $0) }
    }

    /// Adds a text given by its bytes.
    package mutating func append(bytes value: UnsafeBufferPointer<UInt8>) {
        store(TextReference(offset: heap.count, byteCount: value.count), .text)
        if let base = value.baseAddress, value.count > 0 { heap.append(base, count: value.count) }
        valid.append(1)
    }

    /// Gives the rows up.
    package consuming func finish() -> Vector {
        let mask = nullCount == 0 ? nil : ValidityMask(validBytes: valid.pointer, count: count)
        let storage: VectorStorage =
            switch physicalType {
            case .boolean: .boolean(buffer())
            case .int32: .int32(buffer())
            case .int64: .int64(buffer())
            case .float64: .float64(buffer())
            case .int128: .int128(buffer())
            case .decimal: .decimal(buffer())
            case .interval: .interval(buffer())
            case .text: .text(TextBuffer(references: buffer(), heap: heapCopy()))
            }
        return Vector(type: type, count: count, validity: mask, storage: storage)
    }

    private borrowing func buffer<Element: BitwiseCopyable>() -> Buffer<Element> {
        var builder = BufferBuilder<Element>(capacity: count)
        builder.append(UnsafePointer(elements.assumingMemoryBound(to: Element.self)), count: count)
        return builder.freeze()
    }

    private borrowing func heapCopy() -> Buffer<UInt8> {
        var copy = BufferBuilder<UInt8>(capacity: heap.count)
        copy.append(UnsafePointer(heap.pointer), count: heap.count)
        return copy.freeze()
    }
}
