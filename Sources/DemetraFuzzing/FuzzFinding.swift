import DemetraTypes

/// A law that an input broke.
package struct FuzzFinding: Error, CustomStringConvertible {
    /// What is wrong, with the values that show it.
    package let description: String

    /// Makes a finding.
    package init(_ description: String) { self.description = description }
}

/// The result of what may be refused; nil when it is.
///
/// - Parameter text: the text that the error's position points into, if any.
/// - Throws: a finding for an error that blames ourselves, or points beside the text.
func refusable<Success>(
    of text: String? = nil, _ body: () throws(DemetraError) -> Success
) throws(FuzzFinding) -> Success? {
    do throws(DemetraError) {
        return try body()
    } catch {
        guard error.sqlState != .internalError else {
            throw FuzzFinding("internal error: \(error.message)")
        }
        if let text, let position = error.position {
            try law(
                (0...text.utf8.count).contains(position),
                "an error at \(position): \(error.message)")
        }
        return nil
    }
}

/// A law.
///
/// - Throws: the sentence as a finding when the condition is false.
func law(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(FuzzFinding) {
    guard condition else { throw FuzzFinding(sentence()) }
}

/// The input as lines, at most `count` of them: the last one holds what is left.
func lines(_ bytes: [UInt8], _ count: Int) -> [String] {
    bytes.split(
        separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false
    )
    .map { String(decoding: $0, as: UTF8.self) }
}
