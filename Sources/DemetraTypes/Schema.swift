/// A named, typed column of a result, batch or table.
public struct Field: Sendable, Hashable {
    /// The column's name, as shown to clients.
    public let name: String
    /// The column's SQL type.
    public let type: LogicalType
    /// False when the column can never hold NULL.
    public let isNullable: Bool

    /// Makes a field.
    public init(name: String, type: LogicalType, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }
}

/// The ordered columns of a result, batch or table.
public struct Schema: Sendable, Hashable {
    /// The columns from left to right; names may repeat in results.
    public let fields: [Field]

    /// Makes a schema from its columns.
    public init(_ fields: [Field]) { self.fields = fields }

    /// The number of columns.
    public var count: Int { fields.count }

    /// The index of the first column of that name, or nil.
    public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}
