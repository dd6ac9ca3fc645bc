import DemetraVectors

/// Reads the fields of a sample, unescaped.
///
/// Safe because fields are read through a `FieldIndex` of the same chunk, which has padding.
struct SampledFields {
    private let chunk: CSVChunk
    private let nullText: Buffer<UInt8>
    private let rules: FieldRules

    /// The fields of a chunk written in a dialect.
    init(chunk: CSVChunk, dialect: CSVDialect, fieldCount: Int, nullText: Buffer<UInt8>) {
        self.chunk = chunk
        self.nullText = nullText
        rules = FieldRules(
            nullText: nullText.pointer, nullCount: nullText.count, quote: dialect.quote,
            escape: dialect.escape, isText: dialect.syntax == .copyText, isLenient: true)
    }

    private func run(_ index: borrowing FieldIndex, _ field: Int, _ first: Int) -> FieldRun {
        FieldRun(
            bytes: chunk.bytes.pointer,
            marks: UnsafePointer(index.marks) + first * index.stride + field,
            stride: index.stride, count: max(0, index.recordCount - first), rules: rules)
    }

    /// The text of one field; empty for NULL.
    func text(_ index: borrowing FieldIndex, record: Int, field: Int) -> String {
        var scratch = FieldScratch()
        guard let (text, count) = run(index, field, record).text(0, &scratch) else { return "" }
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// What the values of one field are, from record `first` on.
    func evidence(_ index: borrowing FieldIndex, field: Int, from first: Int) -> ColumnEvidence {
        var evidence = ColumnEvidence()
        var scratch = FieldScratch()
        let run = run(index, field, first)
        for row in 0..<run.count {
            guard var (text, count) = run.text(row, &scratch) else { continue }
            while count > 0, isBlank(text[0]) {
                text += 1
                count -= 1
            }
            while count > 0, isBlank(text[count - 1]) { count -= 1 }
            evidence.add(text, count)
        }
        return evidence
    }

    /// What one text is.
    static func evidence(of text: String) -> ColumnEvidence {
        var evidence = ColumnEvidence()
        evidence.add(text)
        return evidence
    }
}
