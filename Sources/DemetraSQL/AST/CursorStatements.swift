/// DECLARE: a query that gives its rows in portions.
package struct DeclareCursorStatement: Sendable, Hashable {
    /// The cursor's name.
    package let name: Identifier
    /// The cursor outlives its transaction.
    package let isHeld: Bool
    /// The query, and where it stands.
    package let query: ParsedStatement

    /// Makes a declaration.
    package init(name: Identifier, isHeld: Bool, query: ParsedStatement) {
        self.name = name
        self.isHeld = isHeld
        self.query = query
    }
}

/// FETCH and MOVE.
package struct FetchStatement: Sendable, Hashable {
    /// Where to go from the row that was given last.
    package enum Direction: Sendable, Hashable {
        /// So many rows on; nil for all that are left.
        case forward(Int?)
        /// So many rows back; nil for all.
        case backward(Int?)
        /// To the row of a number, from the end if it is negative.
        case absolute(Int)
        /// To the row so many on.
        case relative(Int)
    }

    /// The cursor's name.
    package let name: Identifier
    /// Where to.
    package let direction: Direction
    /// MOVE: the rows are passed, not given.
    package let isMove: Bool

    /// Makes a statement.
    package init(name: Identifier, direction: Direction, isMove: Bool) {
        self.name = name
        self.direction = direction
        self.isMove = isMove
    }
}
