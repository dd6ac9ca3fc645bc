/// One row of an answer: `row["roas"]` is a `Value`, `row["roas", as: Double?.self]` a Swift value.
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
/// The rows are kept as column batches and turned into values as they are visited. `for` goes through them
/// in synchronous code, `for try await` in asynchronous code:
///
/// ```swift
/// for try await row in try await db.query("SELECT channel, sum(spend) AS spend FROM ad_metrics GROUP BY 1") {
///     print(try row["channel", as: String.self], try row["spend", as: Decimal?.self] ?? 0)
/// }
/// ```
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

    /// The first row; nil when there is none.
    public var first: Row? { first { _ in true } }

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
