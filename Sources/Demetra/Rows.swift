/// One row of an answer.
public struct Row: Sendable {
    /// The columns, shared by all rows of the answer.
    public let schema: Schema
    /// The values from left to right.
    public let values: [Value]

    /// The value of a column.
    ///
    /// - Throws: 42703 when the answer has no such column.
    public subscript(name: String) -> Value {
        get throws(DemetraError) { values[try index(name)] }
    }

    /// The value of a column as a Swift type.
    ///
    /// - Throws: 42703 when the answer has no such column, 42804 when the value is of another type.
    public subscript<Result: RowValue>(name: String, as type: Result.Type) -> Result {
        get throws(DemetraError) {
            let value = values[try index(name)]
            guard let result = Result(rowValue: value) else {
                throw DemetraError(
                    .datatypeMismatch, "column \"\(name)\" cannot be read as \(Result.self)",
                    hint: "Ask for the type of the column, or for an optional when it can be NULL.")
            }
            return result
        }
    }

    private func index(_ name: String) throws(DemetraError) -> Int {
        if let index = schema.index(of: name) { return index }
        let nearest = NearestName.find(name, among: schema.fields.map(\.name))
        throw DemetraError(
            .undefinedColumn, "the answer has no column \"\(name)\"",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." })
    }
}

/// The answer of a query: columns, and rows to go through.
///
/// The rows are kept as column batches and turned into values as they are visited.
public struct Rows: Sendable, Sequence {
    /// The columns.
    public let schema: Schema
    /// What the statement did, as PostgreSQL's command tag says it.
    public let tag: String
    /// Messages beside the answer.
    public let notices: [Notice]
    /// The rows as columns.
    package let batches: [Batch]

    /// The number of rows.
    public var count: Int { batches.reduce(0) { $0 + $1.count } }

    /// Goes through the rows.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// Goes through the rows of an answer.
    public struct Iterator: IteratorProtocol {
        private let rows: Rows
        private var batch = 0
        private var row = 0

        fileprivate init(_ rows: Rows) { self.rows = rows }

        /// The next row, or nil behind the last.
        public mutating func next() -> Row? {
            while batch < rows.batches.count, row >= rows.batches[batch].count {
                batch += 1
                row = 0
            }
            guard batch < rows.batches.count else { return nil }
            defer { row += 1 }
            return Row(schema: rows.schema, values: rows.batches[batch].row(row))
        }
    }
}

extension Rows: AsyncSequence {
    /// Goes through the rows of an answer.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var iterator: Iterator

        fileprivate init(_ iterator: Iterator) { self.iterator = iterator }

        /// The next row, or nil behind the last.
        public mutating func next() async throws -> Row? { iterator.next() }
    }

    /// Goes through the rows.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(makeIterator()) }
}

/// A Swift type that a value of a row can be read as.
public protocol RowValue {
    /// The value, or nil when it is of another type.
    init?(rowValue: Value)
}

extension String: RowValue {
    /// A text.
    public init?(rowValue: Value) {
        guard case .text(let text) = rowValue else { return nil }
        self = text
    }
}

extension Int: RowValue {
    /// An integer, or an exact number without fraction.
    public init?(rowValue: Value) {
        switch rowValue {
        case .integer(let number): self = Int(number)
        case .numeric(let decimal):
            guard decimal.scale == 0, let number = Int(exactly: decimal.unscaled) else { return nil }
            self = number
        default: return nil
        }
    }
}

extension Double: RowValue {
    /// Any number.
    public init?(rowValue: Value) {
        switch rowValue {
        case .double(let number): self = number
        case .integer(let number): self = Double(number)
        case .numeric(let decimal):
            guard !decimal.isNaN else {
                self = .nan
                return
            }
            var divisor = 1.0
            for _ in 0..<decimal.scale { divisor *= 10 }
            self = Double(decimal.unscaled) / divisor
        default: return nil
        }
    }
}

extension Bool: RowValue {
    /// A boolean.
    public init?(rowValue: Value) {
        guard case .boolean(let value) = rowValue else { return nil }
        self = value
    }
}

extension Optional: RowValue where Wrapped: RowValue {
    /// NULL as nil.
    public init?(rowValue: Value) {
        if case .null = rowValue {
            self = Wrapped?.none
            return
        }
        guard let value = Wrapped(rowValue: rowValue) else { return nil }
        self = value
    }
}
