package import DemetraTypes
import DemetraVectors

/// What the first records of a delimited file say about it: separator, header, names and types.
///
/// The sample is cut at its last whole record. After it, values that fit only a wider type of the
/// same family are reported by the parser (`ParsedChunk.widenings`); a caller that made the table
/// itself may start over with `widened(by:)`.
///
/// Safe because fields are read through a `FieldIndex` of the sample's own chunk.
package struct TypeInference: Sendable {
    /// Bytes of a file worth sampling: 20,000 records of 200 bytes.
    package static let sampleByteCount = 4 << 20

    /// How the file is written.
    package let dialect: CSVDialect
    /// Fields in a record.
    package let fieldCount: Int
    /// A column for each field, named and typed.
    package private(set) var columns: [CSVColumn]
    /// The header as written; empty when the file has none.
    package let header: [String]
    /// Records looked at.
    package let sampledCount: Int

    /// The columns as a schema.
    package var schema: Schema {
        Schema(columns.map { Field(name: $0.name, type: $0.type) })
    }

    /// The same with the wider types that a parser asked for, by column.
    package func widened(by widenings: [Int: LogicalType]) -> TypeInference {
        var result = self
        for (index, type) in widenings { result.columns[index].type = type }
        return result
    }

    /// Looks at the first bytes of a file.
    ///
    /// - Parameters:
    ///   - isWhole: true when the sample is the whole file, so that its last line counts even
    ///     without a line end.
    ///   - delimiter: the separator, or nil to find it among comma, semicolon, tab and bar.
    ///   - hasHeader: nil to find out: a first record with a number or date where all others
    ///     have one too is data.
    /// - Throws: 22P04 when there is no record, or zero bytes; 22021 when it is no UTF-8.
    package static func infer(
        sample: UnsafeBufferPointer<UInt8>, isWhole: Bool, delimiter: UInt8? = nil,
        hasHeader: Bool? = nil, quote: UInt8 = UInt8(ascii: "\""), nullText: [UInt8] = []
    ) throws(DemetraError) -> TypeInference {
        var dialect = CSVDialect(quote: quote, nullText: nullText)
        let chunk = try sampleChunk(sample, isWhole: isWhole, dialect: dialect)
        let sniffer = SeparatorSniffer(chunk: chunk, dialect: dialect)
        dialect.delimiter = delimiter ?? sniffer.delimiter
        guard let fieldCount = sniffer.fieldCount(dialect.delimiter) else { throw noRecord }
        var index = FieldIndex(fieldCount: fieldCount, expectedRecords: 1_024)
        var scan = FieldScan(
            chunk: chunk, dialect: dialect, fieldCount: fieldCount, skipsBlankLines: true)
        scan.run(into: &index)
        guard index.recordCount > 0 else { throw noRecord }
        let sample = SampledFields(
            chunk: chunk, dialect: dialect, fieldCount: fieldCount,
            nullText: Buffer(dialect.nullText))
        let evidence = (0..<fieldCount).map { sample.evidence(index, field: $0, from: 1) }
        let first = (0..<fieldCount).map { sample.text(index, record: 0, field: $0) }
        dialect.hasHeader = hasHeader ?? looksLikeHeader(first, evidence)
        let all =
            dialect.hasHeader
            ? evidence : (0..<fieldCount).map { sample.evidence(index, field: $0, from: 0) }
        let names = HeaderNormaliser.names(
            dialect.hasHeader ? first : [String](repeating: "", count: fieldCount))
        let columns = zip(names, all).enumerated().map { number, pair in
            CSVColumn(
                name: pair.0, type: pair.1.type, fieldIndex: number, dateOrder: pair.1.dateOrder)
        }
        return TypeInference(
            dialect: dialect, fieldCount: fieldCount, columns: columns,
            header: dialect.hasHeader ? first : [],
            sampledCount: index.recordCount - (dialect.hasHeader ? 1 : 0))
    }

    private static var noRecord: DemetraError {
        DemetraError(
            .badCopyFileFormat, "the file holds no record",
            hint: "The first line must name the columns.")
    }

    private static func sampleChunk(
        _ sample: UnsafeBufferPointer<UInt8>, isWhole: Bool, dialect: CSVDialect
    ) throws(DemetraError) -> CSVChunk {
        var chunker = CSVChunker(
            dialect: dialect, chunkByteCount: max(sample.count, 1), recordLimit: .max)
        let chunk = try chunker.push(sample).first
        let found: CSVChunk?
        if let chunk, !isWhole {
            found = chunk
        } else {
            var whole = CSVChunker(
                dialect: dialect, chunkByteCount: sample.count + 1, recordLimit: .max)
            _ = try whole.push(sample)
            found = try whole.finish()
        }
        guard let found else { throw noRecord }
        try CSVTextCheck.check(found)
        return found
    }

    /// False when the first record holds values: a number or date in a column of such, and no word
    /// above a column of numbers or dates.
    private static func looksLikeHeader(_ first: [String], _ evidence: [ColumnEvidence]) -> Bool {
        var hasValue = false
        for (text, column) in zip(first, evidence) where !text.isEmpty {
            let type = SampledFields.evidence(of: text).type
            if type == .text {
                if column.type != .text, column.valueCount > 0 { return true }
            } else if column.type != .text || column.valueCount == 0 {
                hasValue = true
            }
        }
        return !hasValue
    }
}
