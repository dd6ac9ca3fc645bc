import DemetraFormats
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `JSON text` {
    @Test(arguments: [
        "{}", "[]", " [1, -2.5e+3, 0] ", "{\"a\": {\"b\": [null, true, false]}}", "\"\\u00e9\\n\"",
        "0", "-0.5", "\"\"",
    ])
    func `what is well formed is valid`(text: String) { #expect(JSONText.isValid(text)) }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "nul", "'a'", "\"\\x\"",
        "\"a\nb\"", "[1] 2", "{\"a\" 1}", "\"\\u12g4\"", "\"open", "NaN", "[1 2]",
    ])
    func `what is not is refused`(text: String) {
        #expect(!JSONText.isValid(text))
        #expect(throws: DemetraError.self) {
            let buffer = Buffer(Array(text.utf8))
            try JSONText.validate(
                UnsafeBufferPointer(start: buffer.pointer, count: buffer.count))
        }
    }

    @Test func `text made to exhaust a stack is refused`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(!JSONText.isValid(deep))
        #expect(
            JSONText.isValid(
                String(repeating: "[", count: 512) + String(repeating: "]", count: 512)))
    }

    @Test(arguments: [
        ("{\"bb\":1, \"a\" : [1,2 ] ,\"bb\":{}}", "{\"a\": [1, 2], \"bb\": {}}"),
        ("1e2", "100"), ("1.50", "1.50"), ("\"\\u0041\\ud83d\\ude00\\t\"", "\"A😀\\t\""),
        ("[]", "[]"), ("{ }", "{}"),
    ])
    func `jsonb has one form`(text: String, expected: String) {
        let buffer = Buffer(Array(text.utf8))
        let normalised = JSONText.normalised(
            UnsafeBufferPointer(start: buffer.pointer, count: buffer.count))
        #expect(normalised.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
}

@Suite struct `JSON lines` {
    private func chunks(_ text: String, _ chunkByteCount: Int) throws -> [CSVChunk] {
        let bytes = Buffer(Array(text.utf8))
        var chunker = CSVChunker(
            dialect: JSONLinesParser.lines, chunkByteCount: chunkByteCount)
        var chunks = try chunker.push(
            UnsafeBufferPointer(start: bytes.pointer, count: bytes.count))
        if let last = try chunker.finish() { chunks.append(last) }
        return chunks
    }

    private func infer(_ text: String) throws -> JSONInference {
        let bytes = Buffer(Array(text.utf8))
        return try JSONInference.infer(
            sample: UnsafeBufferPointer(start: bytes.pointer, count: bytes.count))
    }

    private static let text = """
        {"Day": "2024-01-31", "spend": 1.5, "id": "007", "tags": ["a"], "ok": true}

        {"id": "12", "spend": 2, "other": null, "Day": "2024-02-01", "tags": "x"}
        {"id": "q\\"\\u00e9", "spend": null, "Day": null, "id2": 1}
        not json
        {"id": 5, "spend": "abc"}
        {"id": "last", "spend": 3e2}
        """

    @Test func `keys become columns with types`() throws {
        let inference = try infer(Self.text)
        #expect(
            inference.columns.map(\.name) == ["day", "spend", "id", "tags", "ok", "other", "id2"])
        #expect(
            inference.columns.map(\.type) == [.date, .text, .text, .json, .boolean, .text, .bigint])
        #expect(try infer("{\"n\": 1}\n{\"n\": 2.5}\n").columns[0].type == .double)
        #expect(throws: DemetraError.self) { _ = try infer("a,b\n1,2\n") }
    }

    @Test(arguments: [10, 100, 1_000_000])
    func `members are found by key and bad lines set aside`(chunkByteCount: Int) throws {
        let keys = ["Day", "spend", "id", "tags"]
        let types: [LogicalType] = [.date, .double, .text, .json]
        let columns = keys.enumerated().map { index, key in
            CSVColumn(name: key, type: types[index], fieldIndex: index)
        }
        let parser = JSONLinesParser(keys: keys, columns: columns, policy: .tolerant)
        var rows: [[Value]] = []
        var rejected: [RejectedRow] = []
        for chunk in try chunks(Self.text, chunkByteCount) {
            let parsed = try parser.parse(chunk)
            for batch in parsed.batches { rows += (0..<batch.count).map { batch.row($0) } }
            rejected += parsed.rejected
        }
        #expect(
            rows == [
                [
                    .date(CalendarDate(days: 19_753)), .double(1.5), .text("007"), .text("[\"a\"]"),
                ],
                [.date(CalendarDate(days: 19_754)), .double(2), .text("12"), .text("\"x\"")],
                [.null, .null, .text("q\"é"), .null],
                [.null, .double(300), .text("last"), .null],
            ])
        #expect(rejected.map(\.lineNumber) == [5, 6])
        #expect(rejected.map(\.text) == ["not json", "{\"id\": 5, \"spend\": \"abc\"}"])
        #expect(rejected.map(\.column) == [nil, "spend"])
    }

    @Test func `strict reading stops at the first bad line`() throws {
        let parser = JSONLinesParser(
            keys: ["spend"], columns: [CSVColumn(name: "spend", type: .double, fieldIndex: 0)],
            policy: .strict(table: "t"))
        let chunk = try #require(try chunks(Self.text, 1_000_000).first)
        #expect {
            _ = try parser.parse(chunk)
        } throws: { error in
            (error as? DemetraError)?.context == "COPY t, line 5: \"not json\""
        }
    }
}
