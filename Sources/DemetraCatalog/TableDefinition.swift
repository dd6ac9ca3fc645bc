package import DemetraTypes

/// Names a table for its whole life, whatever it is called.
package struct TableID: Sendable, Hashable, Comparable {
    /// The number; unique in a database and never used again.
    package let number: Int64

    /// Wraps a number.
    package init(_ number: Int64) { self.number = number }

    /// Older tables come first.
    package static func < (left: TableID, right: TableID) -> Bool { left.number < right.number }
}

/// A column of a stored table.
package struct ColumnDefinition: Sendable, Hashable {
    /// Names the column for its whole life, unique in its table: segments refer to it.
    package let id: Int32
    /// The SQL name, case as stored.
    package var name: String
    /// The SQL type.
    package var type: LogicalType
    /// False with NOT NULL or as part of the primary key.
    package var isNullable: Bool
    /// SQL text of the DEFAULT expression.
    package var defaultExpression: String?
    /// What the rows have that are older than the column; nil for NULL.
    package var missingValue: Value?

    /// Makes a column.
    package init(
        id: Int32, name: String, type: LogicalType, isNullable: Bool = true,
        defaultExpression: String? = nil, missingValue: Value? = nil
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.defaultExpression = defaultExpression
        self.missingValue = missingValue
    }
}

/// A key whose values are unique; the indices are positions in `TableDefinition.columns`.
package struct KeyDefinition: Sendable, Hashable {
    /// The constraint's name, such as `campaigns_pkey`.
    package let name: String
    /// Positions of the key columns.
    package let columns: [Int]
    /// True for PRIMARY KEY, false for UNIQUE.
    package let isPrimary: Bool

    /// Makes a key.
    package init(name: String, columns: [Int], isPrimary: Bool) {
        self.name = name
        self.columns = columns
        self.isPrimary = isPrimary
    }
}

/// A CHECK constraint.
package struct CheckDefinition: Sendable, Hashable {
    /// The constraint's name.
    package let name: String
    /// SQL text of the condition.
    package let condition: String

    /// Makes a check.
    package init(name: String, condition: String) {
        self.name = name
        self.condition = condition
    }
}

/// What the end of a transaction does to a temporary table: ON COMMIT.
package enum CommitEffect: UInt8, Sendable, Hashable {
    /// PRESERVE ROWS.
    case nothing
    /// DELETE ROWS.
    case empties
    /// DROP.
    case drops
}

/// Everything about a stored table but its rows.
package struct TableDefinition: Sendable, Hashable {
    /// Names the table for its life.
    package private(set) var id: TableID
    /// The SQL name.
    package var name: String
    /// The schema it is in.
    package var schemaName: String
    /// What the end of a transaction does to a temporary table.
    package var onCommit: CommitEffect
    /// Columns in order of creation.
    package var columns: [ColumnDefinition]
    /// PRIMARY KEY first, then UNIQUE keys.
    package var keys: [KeyDefinition]
    /// CHECK constraints.
    package var checks: [CheckDefinition]
    /// Position of the column that partitions the table in time, if any.
    package var timeColumn: Int?
    /// `WITH (restate = true)`: the last writer of a key wins instead of 23505.
    package var restates: Bool
    /// `WITH (partition = '1 month')`: how much time the files of a partition cover.
    package var partition: PartitionInterval
    /// `WITH (retention = '400 days')`: older rows, by the time column, are dropped.
    package var retention: Interval?
    /// `WITH (history = '90 days')`: how long replaced and deleted rows can be asked for.
    package var history: Interval?
    /// `WITH (order = 'a, b')`: ids of the columns that rows of a partition are sorted by in segments; nil for
    /// the default.
    package var order: [Int32]?
    /// The id that the next column gets; greater than that of any column there ever was.
    package var nextColumnID: Int32

    /// Makes a table; without `timeColumn`, the first timestamp or date of the primary key, else
    /// the first NOT NULL one, takes the part.
    package init(
        id: TableID, name: String, schemaName: String = RelationName.publicSchema,
        columns: [ColumnDefinition], keys: [KeyDefinition] = [],
        checks: [CheckDefinition] = [], timeColumn: Int? = nil, restates: Bool = false,
        partition: PartitionInterval = .month, retention: Interval? = nil,
        history: Interval? = nil, order: [Int32]? = nil, nextColumnID: Int32? = nil
    ) {
        self.id = id
        self.name = name
        self.schemaName = schemaName
        onCommit = .nothing
        self.columns = columns
        self.keys = keys
        self.checks = checks
        self.restates = restates
        self.partition = partition
        self.retention = retention
        self.history = history
        self.order = order
        self.nextColumnID = max(nextColumnID ?? 0, (columns.map(\.id).max() ?? -1) + 1)
        self.timeColumn = timeColumn ?? Self.defaultTimeColumn(columns, keys)
    }

    /// The column that takes the part of time when none is named.
    package static func defaultTimeColumn(
        _ columns: [ColumnDefinition], _ keys: [KeyDefinition]
    ) -> Int? {
        let primary = keys.first { $0.isPrimary }?.columns ?? []
        return primary.first { columns[$0].type.isDateTime }
            ?? columns.firstIndex { $0.type.isDateTime && !$0.isNullable }
    }

    /// The same table under another id, without any rows.
    package func renumbered(_ id: TableID) -> TableDefinition {
        var table = self
        table.id = id
        return table
    }

    /// The name with its schema.
    package var qualifiedName: RelationName { RelationName(name, schema: schemaName) }

    /// Whether it goes with its session.
    package var isTemporary: Bool { qualifiedName.isTemporary }

    /// The primary key, if the table has one.
    package var primaryKey: KeyDefinition? { keys.first { $0.isPrimary } }

    /// The columns as a schema.
    package var schema: Schema {
        Schema(columns.map { Field(name: $0.name, type: $0.type, isNullable: $0.isNullable) })
    }

    /// The position of a column, or nil.
    package func columnIndex(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
}
