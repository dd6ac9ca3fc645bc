import DemetraFormats
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Rows of COPY in binary form` {
    /// Columns of every kind of type, with texts of some of their values.
    private static let columns: [(type: LogicalType, texts: [String])] = [
        (.boolean, ["t", "f"]),
        (.smallint, ["0", "-32768", "32767"]),
        (.integer, ["7", "-2147483648", "2147483647"]),
        (.bigint, ["0", "-9223372036854775808", "9223372036854775807"]),
        (.real, ["1.5", "-0", "NaN", "Infinity", "1e-40"]),
        (.double, ["1.5", "-0", "NaN", "-Infinity", "1e300"]),
        (
            .numeric(NumericModifier(precision: 14, scale: 4)),
            ["0", "0.0001", "-1.5", "9999999999.9999", "-1234567890.1200", "10000"]
        ),
        (
            .numeric(NumericModifier(precision: 18, scale: 0)),
            ["999999999999999999", "-1", "0", "10000000000000000"]
        ),
        (
            .numeric(NumericModifier(precision: 18, scale: 18)),
            ["0.999999999999999999", "-0.000000000000000001", "0"]
        ),
        (
            .numeric(NumericModifier(precision: 38, scale: 10)),
            ["0", "-1234567890123456789012345678.0123456789"]
        ),
        (.numeric(NumericModifier(precision: 60, scale: 2)), ["1.25", "-7"]),
        (
            .numeric(nil),
            [
                "0", "0.00", "1.10", "-123456789.123456789", "NaN", "1e40", "0.000000000000000001",
                "99999999999999999999999999999999", "-0.00000000000000000000000001", "10000.0000",
            ]
        ),
        (.date, ["2000-01-01", "1969-12-31", "infinity", "-infinity", "0044-03-15 BC"]),
        (.time, ["00:00:00", "24:00:00", "12:34:56.789"]),
        (.timestamp, ["2024-02-29 12:00:00.000001", "infinity", "-infinity", "0001-01-01"]),
        (.timestamptz, ["2024-02-29 12:00:00+02", "-infinity", "1900-01-01 00:00:00+00"]),
        (.interval, ["1 mon 2 days 00:00:00.000003", "-5 days"]),
        (.text, ["", "meta", "campaign é", "a text longer than a word of eight bytes"]),
        (.varchar(limit: 5), ["", "äöüßé", "abc"]),
        (.varchar(limit: nil), ["x"]),
        (.uuid, ["00112233-4455-6677-8899-aabbccddeeff"]),
        (.json, ["{\"a\": [1, 2]}", "null"]),
        (.jsonb, ["{\"a\": [1, 2]}", "\"é\""]),
        (.bytea, ["\\x", "\\x00ff"]),
        (.array(.integer), ["{1,NULL,3}", "{}"]),
        (.array(.text), ["{a,\"b c\"}"]),
    ]

    private static var fields: [Field] {
        columns.enumerated().map { Field(name: "c\($0)", type: $1.type) }
    }

    /// Rows of random values, some of them NULL.
    private static func batch(
        _ fields: [Field], _ count: Int, _ random: inout SeededGenerator
    ) throws -> Batch {
        var vectors: [Vector] = []
        for field in fields {
            let texts = columns.first { $0.type == field.type }?.texts ?? []
            let values = try (0..<count).map { _ in
                guard Int.random(in: 0..<5, using: &random) > 0,
                    let text = texts.randomElement(using: &random)
                else { return Value.null }
                return try ValueText.parse(text, as: field.type)
            }
            vectors.append(Vector(values, type: field.type))
        }
        return Batch(vectors, count: count)
    }

    private func rows(_ batches: [Batch]) -> [[Value]] {
        batches.flatMap { batch in (0..<batch.count).map { batch.row($0) } }
    }

    /// NaN is unlike itself, so values are compared as texts.
    private func shown(_ rows: [[Value]], _ fields: [Field]) -> [[String?]] {
        rows.map { zip($0, fields).map { ValueText.text($0, type: $1.type) } }
    }

    @Test(arguments: Self.columns.indices)
    func `come back as they were, for each type`(column: Int) throws {
        let field = Self.fields[column]
        let values = try Self.columns[column].texts.map {
            try ValueText.parse($0, as: field.type)
        }
        let batch = Batch([Vector(values + [.null], type: field.type)], count: values.count + 1)
        let read = try readBinaryCopy(binaryCopy([batch]), [field])
        #expect(shown(read, [field]) == shown(rows([batch]), [field]))
    }

    @Test(arguments: [0, 1, 2_047, 2_048, 2_049, 5_000])
    func `come back in any number, and from chunks of any size`(count: Int) throws {
        var random = SeededGenerator(state: UInt64(count))
        let fields = Array(Self.fields[0..<18])
        let batches = try stride(from: 0, to: count, by: 2_048).map {
            try Self.batch(fields, min(2_048, count - $0), &random)
        }
        let bytes = binaryCopy(batches)
        let expected = shown(rows(batches), fields)
        for chunkByteCount in [1, 1_000, 100_000, 1 << 20] {
            let cuts = Array(stride(from: 4_099, to: bytes.count, by: 4_099))
            let read = try readBinaryCopy(
                bytes, fields, cuts: cuts, chunkByteCount: chunkByteCount)
            #expect(shown(read, fields) == expected, "chunks of \(chunkByteCount)")
        }
    }

    @Test func `are read wherever the bytes are cut`() throws {
        var random = SeededGenerator(state: 7)
        let batch = try Self.batch(Self.fields, 3, &random)
        let bytes = binaryCopy([batch])
        let expected = shown(rows([batch]), Self.fields)
        for cut in 0...bytes.count {
            let read = try readBinaryCopy(bytes, Self.fields, cuts: [cut], chunkByteCount: 1)
            #expect(shown(read, Self.fields) == expected, "cut at \(cut)")
        }
        let single = try readBinaryCopy(bytes, Self.fields, cuts: Array(1..<bytes.count))
        #expect(shown(single, Self.fields) == expected, "byte by byte")
    }

    @Test func `of many different texts are read without codes`() throws {
        let fields = [Field(name: "a", type: .text), Field(name: "b", type: .varchar(limit: 6))]
        let batches = (0..<3).map { part in
            let texts = (0..<2_048).map { row -> Value in
                row % 7 == 0 ? .null : .text("é\(part * 2_048 + row)")
            }
            return Batch(
                [Vector(texts, type: .text), Vector(texts, type: .varchar(limit: 6))], count: 2_048)
        }
        #expect(try readBinaryCopy(binaryCopy(batches), fields) == rows(batches))
    }

    @Test(arguments: 0..<200)
    func `that are damaged are read as value by value, or refused`(seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed))
        let bytes = binaryCopy([try Self.batch(Self.fields, 4, &random)])
        for _ in 0..<20 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 11..<damaged.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: damaged[place] = [0, 0x7f, 0xff].randomElement(using: &random) ?? 0
                case 2: damaged.removeSubrange(place..<min(place + 4, damaged.count))
                default: damaged = Array(damaged.prefix(max(20, place)))
                }
            }
            let cut = Int.random(in: 0...damaged.count, using: &random)
            let expected = try? readBinaryCopyByValue(damaged, Self.fields)
            let read = try? readBinaryCopy(damaged, Self.fields, cuts: [cut], chunkByteCount: 64)
            #expect(
                read.map { shown($0, Self.fields) } == expected.map { shown($0, Self.fields) },
                "seed \(seed)")
        }
    }

    @Test(arguments: 0..<100)
    func `with numbers in any groups are read as value by value`(seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed))
        let types: [LogicalType] = [
            .numeric(nil), .numeric(NumericModifier(precision: 14, scale: 4)),
            .numeric(NumericModifier(precision: 18, scale: 0)),
            .numeric(NumericModifier(precision: 18, scale: 18)),
            .numeric(NumericModifier(precision: 30, scale: 6)),
        ]
        for _ in 0..<200 {
            let groups = (0..<Int.random(in: 0...10, using: &random)).map { _ in
                [0, 1, 100, 1_200, 9_999, 10_000, UInt16.random(in: 0..<10_000, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            let weight = Int16.random(in: -5...8, using: &random)
            let sign: UInt16 = [0, 0, 0x4000, 0xc000, 1].randomElement(using: &random) ?? 0
            let scale = UInt16.random(in: 0...20, using: &random)
            var number: [UInt8] = []
            number.append(integer: Int16(groups.count))
            number.append(integer: weight)
            number.append(integer: sign)
            number.append(integer: scale)
            for group in groups { number.append(integer: group) }
            var bytes = Array(binaryCopy([]).dropLast(2))
            bytes.append(integer: Int16(1))
            bytes.append(integer: Int32(number.count))
            bytes += number
            for type in types {
                let fields = [Field(name: "n", type: type)]
                let expected = try? readBinaryCopyByValue(bytes, fields)
                let read = try? readBinaryCopy(bytes, fields)
                #expect(
                    read.map { shown($0, fields) } == expected.map { shown($0, fields) },
                    "seed \(seed), \(type), weight \(weight), sign \(sign), scale \(scale): \(groups)"
                )
            }
        }
    }

    // MARK: Frames

    private static let pair = [
        Field(name: "a", type: .integer), Field(name: "b", type: .text),
    ]
    private static let header = Array(binaryCopy([]).dropLast(2))
    private static let one: [UInt8] = [0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0x78]

    @Test func `may end without a trailer`() throws {
        #expect(
            try readBinaryCopy(Self.header + Self.one, Self.pair) == [[.integer(1), .text("x")]])
    }

    @Test(
        arguments: [
            ([], "COPY file signature not recognized"),
            (Array("PGCOPY\n".utf8), "COPY file signature not recognized"),
            (Array("a\tb\n".utf8), "COPY file signature not recognized"),
            (Array(header.prefix(13)), "invalid COPY file header (missing flags or length)"),
            (Array(header.prefix(17)), "invalid COPY file header (missing flags or length)"),
            (
                Array(header.prefix(11)) + [0, 1, 0, 0, 0, 0, 0, 0],
                "unrecognized critical flags in COPY file header"
            ),
            (
                Array(header.prefix(15)) + [0xff, 0xff, 0xff, 0xff],
                "invalid COPY file header (wrong length)"
            ),
            (
                Array(header.prefix(15)) + [0x7f, 0xff, 0xff, 0xff],
                "invalid COPY file header (wrong length)"
            ),
            (
                Array(header.prefix(15)) + [0, 0, 0, 9, 1],
                "invalid COPY file header (wrong length)"
            ),
            (header + [0, 3], "row field count is 3, expected 2"),
            (header + [0xff, 0xfe], "row field count is -2, expected 2"),
            (header + [0, 2, 0xff, 0xff, 0xff, 0xfe], "invalid field size"),
            (header + [0, 2, 0x7f, 0xff, 0xff, 0xff], "a row of COPY data is longer than"),
            (header + [0], "unexpected EOF in COPY data"),
            (header + one.dropLast(), "unexpected EOF in COPY data"),
            (header + one + [0xff], "unexpected EOF in COPY data"),
            (header + one + [0xff, 0xff, 0], "received copy data after EOF marker"),
            (header + [0xff, 0xff] + one, "received copy data after EOF marker"),
        ] as [([UInt8], String)])
    func `that are none are refused`(bytes: [UInt8], message: String) throws {
        for cut in 0...bytes.count {
            let error = #expect(throws: DemetraError.self) {
                try readBinaryCopy(bytes, Self.pair, cuts: [cut])
            }
            #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "") at \(cut)")
        }
    }

    @Test func `are refused when one is longer than allowed, before it is there`() throws {
        let long: [UInt8] = [0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 4, 0]
        let error = #expect(throws: DemetraError.self) {
            try readBinaryCopy(Self.header + Self.one + long, Self.pair, rowLimit: 1_000)
        }
        #expect(error?.sqlState == .programLimitExceeded)
        #expect(error?.context == "COPY t, line 2")
    }

    @Test func `say in which row and column a value is wrong`() throws {
        let short: [UInt8] = [0, 2, 0, 0, 0, 3, 0, 0, 1, 0, 0, 0, 1, 0xff]
        let noText: [UInt8] = [0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0xff]
        func context(_ rows: [[UInt8]], _ chunkByteCount: Int) -> String? {
            let error = #expect(throws: DemetraError.self) {
                try readBinaryCopy(
                    Self.header + rows.joined(), Self.pair, chunkByteCount: chunkByteCount)
            }
            return error?.context
        }
        for size in [1, 20, 1 << 20] {
            #expect(context([Self.one, short, noText], size) == "COPY t, line 2, column a")
            #expect(context([Self.one, noText, short], size) == "COPY t, line 2, column b")
            // A frame that is wrong later does not hide it.
            #expect(context([Self.one, noText, [0, 9]], size) == "COPY t, line 2, column b")
            #expect(context([Self.one, [0, 9]], size) == "COPY t, line 2")
        }
    }
}
