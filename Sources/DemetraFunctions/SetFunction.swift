package import DemetraTypes
package import DemetraVectors

/// What a set-returning function gives for the rows of one batch of arguments.
///
/// The engine asks row after row, and inside a row from the first value to the last, so that values may
/// follow from the ones before them.
// Owned by one worker.
package protocol SetRows: AnyObject {
    /// How many rows the function gives for row `row` of its arguments.
    func count(of row: Int) throws(DemetraError) -> Int

    /// Appends values `first ..< first + count` of a row's to a builder of the type of column `column`.
    func append(
        row: Int, from first: Int, count: Int, column: Int, to builder: inout VectorBuilder
    ) throws(DemetraError)
}

/// One overload of a function that gives any number of rows for one row of arguments: `unnest`,
/// `generate_series`.
///
/// It stands in FROM, where it may look at the tables before it, or in the SELECT list.
// Immutable after init.
package final class SetFunction: Sendable {
    /// Prepares the rows for a batch; `arguments` have the types of the signature and `count` rows each.
    package typealias Making =
        @Sendable (_ arguments: [Vector], _ count: Int, _ context: EvaluationContext)
        throws(DemetraError) -> any SetRows

    /// The SQL name, lower case.
    package let name: String
    /// Parameters, and the type of the last column; those before it are text.
    package let signature: Signature
    /// The names of the columns: the function's own where there is one.
    package let columnNames: [String]
    /// A NULL argument gives no rows; otherwise the function sees NULLs.
    package let isStrict: Bool
    /// Prepares the rows for a batch.
    package let makeRows: Making

    /// Makes a function, of one column unless names say more.
    package init(
        _ name: String, _ signature: Signature, columnNames: [String]? = nil,
        isStrict: Bool = true, makeRows: @escaping Making
    ) {
        self.name = name
        self.signature = signature
        self.columnNames = columnNames ?? [name]
        self.isStrict = isStrict
        self.makeRows = makeRows
    }

    /// The columns for these argument types, after casts.
    package func fields(_ arguments: [LogicalType]) -> [Field] {
        let type = signature.result.resolve(arguments)
        // Keys of JSON objects are text, whatever their values are.
        return columnNames.enumerated().map { index, name in
            Field(name: name, type: index + 1 < columnNames.count ? .text : type)
        }
    }
}

/// Rows that are known as soon as their arguments are: lists of values, row by row.
// Owned by one worker.
package final class ListedRows: SetRows {
    private let list: (Int) throws(DemetraError) -> [[Value]]
    private var row = -1
    private var values: [[Value]] = []

    /// `list` gives the rows for a row of the arguments, each with a value a column.
    package init(_ list: @escaping (Int) throws(DemetraError) -> [[Value]]) { self.list = list }

    /// The number of rows in the list.
    package func count(of row: Int) throws(DemetraError) -> Int {
        values = try list(row)
        self.row = row
        return values.count
    }

    /// Appends values of the list.
    package func append(
        row: Int, from first: Int, count: Int, column: Int, to builder: inout VectorBuilder
    ) throws(DemetraError) {
        if row != self.row { _ = try self.count(of: row) }
        for index in first..<(first + count) { builder.append(values[index][column]) }
    }
}
