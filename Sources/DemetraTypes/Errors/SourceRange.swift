/// A half-open range of byte offsets into the text of a statement.
public struct SourceRange: Sendable, Hashable {
    /// Offset of the first byte.
    public let lower: Int32
    /// Offset behind the last byte.
    public let upper: Int32

    /// Makes a range from byte offsets.
    public init(_ lower: Int, _ upper: Int) {
        self.lower = Int32(clamping: lower)
        self.upper = Int32(clamping: upper)
    }

    /// The smallest range that holds both.
    public func union(_ other: SourceRange) -> SourceRange {
        SourceRange(Int(min(lower, other.lower)), Int(max(upper, other.upper)))
    }

    /// A range that points nowhere, for nodes that no text stands for.
    public static let none = SourceRange(-1, -1)
}
