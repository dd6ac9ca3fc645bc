import DemetraFormats
import DemetraTypes
import Testing

@Suite struct `CSV records and fields` {
    private func texts(
        _ text: String, fields: Int = 3, dialect: CSVDialect = .csv
    ) throws -> [[String?]] {
        let columns = (0..<fields).map {
            CSVColumn(name: "c\($0)", type: .text, fieldIndex: $0)
        }
        return try readCSV(text.utf8, columns, dialect: dialect).rows.map { row in
            row.map { if case .text(let text) = $0 { text } else { nil } }
        }
    }

    @Test func `an unquoted empty field is NULL and a quoted one is empty`() throws {
        #expect(try texts("a,,\"\"\n") == [["a", nil, ""]])
    }

    @Test func `quotes protect delimiters, line breaks and doubled quotes`() throws {
        let rows = try texts("\"a,b\",\"x\ny\",\"say \"\"hi\"\"\"\n1,2,3\n")
        #expect(rows == [["a,b", "x\ny", "say \"hi\""], ["1", "2", "3"]])
    }

    @Test func `quotes may begin inside a field`() throws {
        #expect(try texts("a\"b,c\"d,e,f\n") == [["ab,cd", "e", "f"]])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every kind of line end is taken`(end: String) throws {
        let text = ["a,b,c", "1,,3", "x,\"p\(end)q\",z"].joined(separator: end)
        let expected: [[String?]] = [["a", "b", "c"], ["1", nil, "3"], ["x", "p\(end)q", "z"]]
        #expect(try texts(text) == expected)
        #expect(try texts(text + end) == expected)
    }

    @Test func `a byte order mark is not data`() throws {
        #expect(try texts("\u{FEFF}a,b,c\n") == [["a", "b", "c"]])
    }

    @Test func `an empty file and a header alone give no rows`() throws {
        var dialect = CSVDialect.csv
        #expect(try texts("").isEmpty)
        dialect.hasHeader = true
        #expect(try texts("x,y,z", dialect: dialect).isEmpty)
        #expect(try texts("x,y,z\n", dialect: dialect).isEmpty)
        #expect(try texts("x,y,z\n1,2,3", dialect: dialect) == [["1", "2", "3"]])
    }

    @Test func `delimiter, quote, escape and NULL text can be chosen`() throws {
        let dialect = CSVDialect(
            delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'"), escape: UInt8(ascii: "\\"),
            nullText: Array("NULL".utf8))
        let rows = try texts("NULL;'NULL';\n'it\\'s';'a;b';'c\\\\'\n", dialect: dialect)
        #expect(rows == [[nil, "NULL", ""], ["it's", "a;b", "c\\"]])
    }

    @Test func `COPY text has backslash escapes and its own NULL`() throws {
        let rows = try texts(
            "a\\tb\t\\N\t\n\\x41\\102\tx\\\\y\tend\\\nline\n\\.\n", dialect: .copyText)
        #expect(rows == [["a\tb", nil, ""], ["AB", "x\\y", "end\nline"]])
    }

    @Test func `text keeps its blanks and other alphabets`() throws {
        #expect(try texts(" a , Летняя ,日本\n") == [[" a ", " Летняя ", "日本"]])
    }

    @Test func `a record longer than the limit is refused with its line`() {
        let text = "a\n" + String(repeating: "x", count: 5_000) + "\n"
        #expect {
            _ = try readCSV(
                text.utf8, columns(.text), pieceByteCount: 100, chunkByteCount: 64,
                recordLimit: 1_000)
        } throws: { error in
            guard let error = error as? DemetraError else { return false }
            return error.sqlState == .programLimitExceeded
                && error.message == "the record at line 2 is longer than 1000 bytes"
        }
    }

    @Test func `a line of a million characters is one row`() throws {
        let long = String(repeating: "long", count: 250_000)
        let reading = try readCSV(
            "a,b\n\(long),c\n".utf8, columns(.text, .text), pieceByteCount: 65_536,
            chunkByteCount: 4_096)
        #expect(reading.rows == [[.text("a"), .text("b")], [.text(long), .text("c")]])
    }

    @Test func `a binary file does not look like CSV`() {
        #expect {
            _ = try readCSV([0x50, 0x4B, 0x03, 0x00, 0x0A], columns(.text))
        } throws: { error in
            (error as? DemetraError)?.sqlState == .badCopyFileFormat
        }
        #expect {
            _ = try readCSV([0x61, 0x0A, 0xE9, 0x0A], columns(.text))
        } throws: { error in
            (error as? DemetraError)?.sqlState == .characterNotInRepertoire
        }
        #expect {
            _ = try readCSV([0xFF, 0xFE, 0x61, 0x00], columns(.text))
        } throws: { error in
            (error as? DemetraError)?.sqlState == .characterNotInRepertoire
        }
    }
}

@Suite struct `CSV chunks` {
    static let samples = [
        "a,\"b\nc\",d\n1,2,3\n\"\",,\"x\"\"y\"\n",
        "a,b,c\r\n\"p\r\nq\",\"\"\"\",3\r\n,,\r\nlast,1,2",
        "a,b,c\r\"p\rq\",2,3\rlast,1,2\r",
        "\u{FEFF}\"a\",\"\"\"\n\"\"\",c\nпривет,мир,\"\n\"\n",
    ]

    @Test(arguments: samples)
    func `any pieces and any chunks give the same rows`(text: String) throws {
        let columns = columns(.text, .text, .text)
        let whole = try readCSV(text.utf8, columns)
        #expect(!whole.rows.isEmpty)
        for piece in 1...text.utf8.count {
            for chunk in [1, 2, 3, 5, 8, 13, 40] {
                let cut = try readCSV(
                    text.utf8, columns, pieceByteCount: piece, chunkByteCount: chunk)
                #expect(cut == whole, "piece \(piece), chunk \(chunk)")
            }
        }
    }

    @Test(arguments: 0..<200)
    func `any bytes give the same rows and rejects however they are cut`(round: UInt64) throws {
        var random = SplitMix(state: Seed.value &+ round)
        let alphabet = Array("ab1,,\"\"\n\n\r\\;N.".utf8)
        let text = (0..<Int.random(in: 0..<300, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0
        }
        let columns = columns(.text, .bigint)
        for dialect in [
            CSVDialect.csv, CSVDialect(escape: UInt8(ascii: "\\")),
            CSVDialect(syntax: .copyText, delimiter: UInt8(ascii: ","), nullText: [0x4E]),
        ] {
            let whole = try readCSV(text, columns, dialect: dialect, policy: .tolerant)
            for size in [1, 3, 7, 64, 65, 100] {
                let cut = try readCSV(
                    text, columns, dialect: dialect, policy: .tolerant, pieceByteCount: size,
                    chunkByteCount: size * 2)
                #expect(cut == whole, "seed \(Seed.value), round \(round), size \(size)")
            }
        }
    }

    @Test func `line numbers go on over chunks and quoted line breaks`() throws {
        var text = ""
        for row in 0..<50 { text += row == 40 ? "x,y\n" : "\(row),\"a\nb\"\n" }
        let reading = try readCSV(
            text.utf8, columns(.integer, .text), policy: .tolerant, pieceByteCount: 7,
            chunkByteCount: 20)
        #expect(reading.rows.count == 49)
        #expect(reading.rejected.map(\.lineNumber) == [81])
        #expect(reading.rejected.map(\.text) == ["x,y"])
    }
}
