/// Turns the bytes of one field into one fixed-size element.
///
/// Conformers are small structs, so the column loop is compiled once for each of them.
///
/// Safe because every conformer reads below the count, or the 8 bytes behind it.
///
/// - Invariant: 8 bytes behind the field are readable, whatever they hold.
protocol FieldParser {
    /// What a vector of the type stores.
    associatedtype Element: BitwiseCopyable

    /// Stored where the value is NULL.
    static var filler: Element { get }

    /// True when values are numbers, so that `$1,234.56` may be one.
    static var isNumber: Bool { get }

    /// Parses `count >= 1` bytes at `text`; writes `element` only when it succeeds.
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome

    /// Parses what a literal of the type may be besides, such as a date before Christ; false for anything else.
    func parseAsLiteral(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> Bool

    /// Parses what a person would also read as such a value: `$1,234.56`, `12.5%`.
    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome
}

extension FieldParser {
    static var isNumber: Bool { false }

    func parseAsLiteral(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> Bool { false }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome { parse(text, count, element) }
}

/// True for the bytes that surround a value without being part of it.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

/// The digit a byte stands for; 10 and above for any other byte.
@inline(__always)
func digit(_ byte: UInt8) -> UInt8 { byte &- 0x30 }
