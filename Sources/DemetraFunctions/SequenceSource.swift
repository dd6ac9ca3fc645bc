package import DemetraTypes

/// The sequences of a session, for `nextval` and its kin.
package protocol SequenceSource: Sendable {
    /// The next numbers of a sequence.
    ///
    /// - Throws: 42P01 when there is none of that name, 2200H when it has no more numbers.
    func next(_ name: String, count: Int) throws(DemetraError) -> [Int64]

    /// The number that the session got last from a sequence.
    ///
    /// - Throws: 55000 when it has got none.
    func current(_ name: String) throws(DemetraError) -> Int64

    /// The number that the session got last from any sequence.
    ///
    /// - Throws: 55000 when it has got none.
    func last() throws(DemetraError) -> Int64

    /// Makes a number the last one given, or the next one.
    ///
    /// - Throws: 22003 for one that the sequence cannot give.
    func set(_ name: String, to value: Int64, isGiven: Bool) throws(DemetraError)

    /// The sequence that a column owns, as text for `nextval`; nil when it owns none.
    func sequence(ofColumn column: String, table: String) throws(DemetraError) -> String?
}
