package import DemetraVectors

/// Rows of features as bin codes, column by column: what trees are grown on and asked about.
///
/// Code 0 is missing; the other codes of a number ascend with its value, those of a category number
/// its names.
// Immutable after init.
package struct CodeMatrix: Sendable {
    /// How the codes of a column are to be split.
    package enum Kind: UInt8, Sendable {
        /// Codes ascend with the value.
        case ordered
        /// Codes are names.
        case category
    }

    /// A column of codes per feature, each `rowCount` long.
    package let columns: [Buffer<UInt8>]
    /// The kind of each feature.
    package let kinds: [Kind]
    /// Codes of each feature, missing included; at most 256. Every code of a column is below it.
    package let codeCounts: [Int]
    /// The number of rows.
    package let rowCount: Int

    /// Wraps columns.
    package init(
        columns: [Buffer<UInt8>], kinds: [Kind], codeCounts: [Int], rowCount: Int
    ) {
        precondition(columns.allSatisfy { $0.count >= rowCount }, "a column of codes is too short")
        self.columns = columns
        self.kinds = kinds
        self.codeCounts = codeCounts
        self.rowCount = rowCount
    }

    /// The same rows with one column replaced.
    package func replacing(_ feature: Int, with column: [UInt8]) -> CodeMatrix {
        var columns = self.columns
        columns[feature] = Buffer(column)
        return CodeMatrix(
            columns: columns, kinds: kinds, codeCounts: codeCounts, rowCount: rowCount)
    }

    /// Some rows of every column.
    package func taking(_ rows: [Int]) -> CodeMatrix {
        CodeMatrix(
            columns: columns.map { column in Buffer(rows.map { column[$0] }) }, kinds: kinds,
            codeCounts: codeCounts, rowCount: rows.count)
    }
}
