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
    package let columns: [[UInt8]]
    /// The kind of each feature.
    package let kinds: [Kind]
    /// Codes of each feature, missing included; at most 256.
    package let codeCounts: [Int]
    /// The number of rows.
    package let rowCount: Int

    /// Wraps columns.
    package init(columns: [[UInt8]], kinds: [Kind], codeCounts: [Int], rowCount: Int) {
        self.columns = columns
        self.kinds = kinds
        self.codeCounts = codeCounts
        self.rowCount = rowCount
    }

    /// The same rows with one column replaced.
    package func replacing(_ feature: Int, with column: [UInt8]) -> CodeMatrix {
        var columns = self.columns
        columns[feature] = column
        return CodeMatrix(
            columns: columns, kinds: kinds, codeCounts: codeCounts, rowCount: rowCount)
    }
}
