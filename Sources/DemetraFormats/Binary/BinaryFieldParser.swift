import DemetraTypes
import DemetraVectors

/// Turns the binary form of one field into one fixed-size element.
///
/// Conformers are small structs, so the column loop is compiled once for each of them. They take what clients send;
/// what is rare or wrong is left to `BinaryValue`, which has the errors.
///
/// Safe because every conformer compares the count before it reads.
protocol BinaryFieldParser {
    /// What a vector of the type stores.
    associatedtype Element: VectorElement

    /// Reads `count` bytes at `bytes`; writes `element` only when it returns true.
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> Bool
}

/// What vectors of a fixed-size type are made of.
protocol VectorElement: BitwiseCopyable {
    /// Stored where the value is NULL.
    static var filler: Self { get }
    /// Elements as the storage of a vector.
    static func storage(_ elements: Buffer<Self>) -> VectorStorage
    /// The elements of a storage; nil when it has others.
    static func elements(_ storage: VectorStorage) -> Buffer<Self>?
}

extension UInt8: VectorElement {
    static var filler: UInt8 { 0 }
    static func storage(_ elements: Buffer<UInt8>) -> VectorStorage { .boolean(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<UInt8>? {
        if case .boolean(let elements) = storage { elements } else { nil }
    }
}

extension Int32: VectorElement {
    static var filler: Int32 { 0 }
    static func storage(_ elements: Buffer<Int32>) -> VectorStorage { .int32(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Int32>? {
        if case .int32(let elements) = storage { elements } else { nil }
    }
}

extension Int64: VectorElement {
    static var filler: Int64 { 0 }
    static func storage(_ elements: Buffer<Int64>) -> VectorStorage { .int64(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Int64>? {
        if case .int64(let elements) = storage { elements } else { nil }
    }
}

extension Double: VectorElement {
    static var filler: Double { 0 }
    static func storage(_ elements: Buffer<Double>) -> VectorStorage { .float64(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Double>? {
        if case .float64(let elements) = storage { elements } else { nil }
    }
}

extension Int128: VectorElement {
    static var filler: Int128 { 0 }
    static func storage(_ elements: Buffer<Int128>) -> VectorStorage { .int128(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Int128>? {
        if case .int128(let elements) = storage { elements } else { nil }
    }
}

extension Decimal: VectorElement {
    static var filler: Decimal { .zero }
    static func storage(_ elements: Buffer<Decimal>) -> VectorStorage { .decimal(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Decimal>? {
        if case .decimal(let elements) = storage { elements } else { nil }
    }
}

extension Interval: VectorElement {
    static var filler: Interval { Interval() }
    static func storage(_ elements: Buffer<Interval>) -> VectorStorage { .interval(elements) }
    static func elements(_ storage: VectorStorage) -> Buffer<Interval>? {
        if case .interval(let elements) = storage { elements } else { nil }
    }
}
