package import DemetraTypes
package import DemetraVectors

/// Turns chunks of COPY (FORMAT binary) into batches; one parser serves any number of threads.
///
/// A chunk is read column by column, 2,048 rows at a time.
package struct BinaryChunkParser: Sendable {
    private let fields: [Field]
    private let table: String

    /// A parser of rows with these columns.
    ///
    /// - Parameter table: the name of the table, for messages.
    package init(fields: [Field], table: String) {
        self.fields = fields
        self.table = table
    }

    /// The rows of one chunk.
    ///
    /// - Throws: 22P03 and whatever else is wrong with the first value that is none, with its line and column.
    package func parse(_ chunk: BinaryChunk) throws(DemetraError) -> [Batch] {
        var columns: [[Vector]] = []
        var first: (failure: BinaryRowFailure, column: Int)?
        for (index, field) in fields.enumerated() {
            // A row is wrong by its first column that is.
            let column = BinaryColumn(
                fields: chunk.fields(index), type: field.type,
                rowCount: first?.failure.row ?? chunk.rowCount)
            do throws(BinaryRowFailure) {
                columns.append(try column.vectors())
            } catch {
                first = (error, index)
            }
        }
        if let first {
            var error = first.failure.error
            error.context =
                "COPY \(table), line \(chunk.firstRow + first.failure.row), "
                + "column \(fields[first.column].name)"
            throw error
        }
        return stride(from: 0, to: chunk.rowCount, by: Batch.capacity).enumerated().map {
            number, start in
            Batch(
                columns.map { $0[number] },
                count: min(Batch.capacity, chunk.rowCount - start))
        }
    }
}
