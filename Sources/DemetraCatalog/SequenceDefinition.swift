/// Everything about a sequence but where it stands.
package struct SequenceDefinition: Sendable, Hashable {
    /// The column that a sequence goes with.
    package struct Owner: Sendable, Hashable {
        /// The table.
        package let table: TableID
        /// The id of the column.
        package let column: Int32

        /// Makes an owner.
        package init(table: TableID, column: Int32) {
            self.table = table
            self.column = column
        }
    }

    /// Names the sequence for its life, among tables too. One that starts anew for good gets another.
    package var id: TableID
    /// The SQL name.
    package var name: String
    /// The schema it is in.
    package var schemaName: String
    /// The least and the greatest number of its type: smallint, integer or bigint.
    package var type: ClosedRange<Int64>
    /// The first number.
    package var start: Int64
    /// What is added for the next number; not 0.
    package var increment: Int64
    /// The least number.
    package var minimum: Int64
    /// The greatest number.
    package var maximum: Int64
    /// Begins anew behind its last number.
    package var cycles: Bool
    /// The column that takes it along when it goes.
    package var owner: Owner?
    /// COMMENT ON SEQUENCE.
    package var comment: String?
    /// Whose it is.
    package var access = ObjectAccess()

    /// A sequence of ascending bigints from 1.
    package init(id: TableID, name: RelationName) {
        self.id = id
        self.name = name.name
        schemaName = name.schema
        type = Int64.min...Int64.max
        (start, increment, minimum, maximum) = (1, 1, 1, .max)
        cycles = false
        owner = nil
    }

    /// The name with its schema.
    package var qualifiedName: RelationName { RelationName(name, schema: schemaName) }
}

/// Where a sequence stands.
package struct SequencePosition: Sendable, Hashable {
    /// The number that was given last, or will be given next.
    package var value: Int64
    /// Whether it was given.
    package var isGiven: Bool

    /// A position.
    package init(_ value: Int64, isGiven: Bool) {
        self.value = value
        self.isGiven = isGiven
    }
}

extension SequenceDefinition {
    /// Where it stands before any number was given.
    package var beginning: SequencePosition { SequencePosition(start, isGiven: false) }

    /// The next number; nil behind the last one.
    package func next(after position: SequencePosition) -> Int64? {
        guard position.isGiven else { return position.value }
        let (sum, isBeyond) = position.value.addingReportingOverflow(increment)
        if !isBeyond, (minimum...maximum).contains(sum) { return sum }
        guard cycles else { return nil }
        return increment > 0 ? minimum : maximum
    }

    /// The next numbers, as many as there are, and where it stands then.
    package func numbers(
        _ count: Int, after position: SequencePosition
    ) -> (numbers: [Int64], position: SequencePosition) {
        var (numbers, position) = ([Int64](), position)
        numbers.reserveCapacity(count)
        while numbers.count < count, let number = next(after: position) {
            numbers.append(number)
            position = SequencePosition(number, isGiven: true)
        }
        return (numbers, position)
    }
}
