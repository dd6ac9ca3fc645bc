import DemetraFormats
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Values in binary form` {
    private func bytes(_ text: String, _ type: LogicalType) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let vector = Vector([try ValueText.parse(text, as: type)], type: type)
        BinaryValue.append(vector, row: 0, to: &bytes)
        return bytes
    }

    /// Bytes that PostgreSQL 15 sends.
    @Test(
        arguments: [
            ("true", LogicalType.boolean, "01"), ("-2", .smallint, "fffe"),
            ("7", .integer, "00000007"),
            ("-1", .bigint, "ffffffffffffffff"), ("1.5", .real, "3fc00000"),
            ("1.5", .double, "3ff8000000000000"), ("NaN", .double, "7ff8000000000000"),
            ("ä", .text, "c3a4"), ("2000-01-02", .date, "00000001"),
            ("infinity", .date, "7fffffff"),
            ("1970-01-01", .date, "ffffd533"), ("00:00:01", .time, "00000000000f4240"),
            ("2000-01-01 00:00:00.000001", .timestamp, "0000000000000001"),
            ("-infinity", .timestamp, "8000000000000000"),
            ("1999-12-31 23:59:59.999999+00", .timestamptz, "ffffffffffffffff"),
            ("1 mon 2 days 00:00:00.000003", .interval, "00000000000000030000000200000001"),
            ("00112233-4455-6677-8899-aabbccddeeff", .uuid, "00112233445566778899aabbccddeeff"),
            ("\\x00ff", .bytea, "00ff"), ("{\"a\": 1}", .jsonb, "017b2261223a20317d"),
            ("0", .numeric(nil), "0000000000000000"), ("0.00", .numeric(nil), "0000000000000002"),
            ("1", .numeric(nil), "00010000000000000001"),
            ("10000", .numeric(nil), "00010001000000000001"),
            ("-12345.678", .numeric(nil), "000300014000000300010929" + "1a7c"),
            ("0.0001", .numeric(nil), "0001ffff000000040001"),
            ("0.00001", .numeric(nil), "0001fffe0000000503e8"),
            ("NaN", .numeric(nil), "00000000c0000000"),
            (
                "12345678901234567890123456789012345678901234.50", .numeric(nil),
                "000c000a0000000204d2162e23340d801ed204d2162e23340d801ed204d21388"
            ),
            (
                "-0.00000000000000000000000000000000000000000000000001", .numeric(nil),
                "0001fff3400000320064"
            ),
            (
                "1000000000000000000000000000000000000000000000000000000000000000000000000000",
                .numeric(nil),
                "000100120000000003e8"
            ),
            (
                "{1,NULL}", .array(.integer),
                "00000001000000010000001700000002000000010000000400000001ffffffff"
            ),
            ("{}", .array(.text), "000000000000000000000019"),
        ] as [(String, LogicalType, String)])
    func `are those of PostgreSQL, and read back`(
        text: String, type: LogicalType, hex: String
    ) throws {
        let bytes = try bytes(text, type)
        #expect(
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == hex)
        let value = try BinaryValue.read(bytes, as: type)
        let shown = ValueText.text(try ValueText.parse(text, as: type), type: type)
        #expect(ValueText.text(value, type: type) == shown)
    }

    @Test
    func `of numbers are rounded to the scale of their type, and refused beyond its precision`()
        throws
    {
        let bytes = try bytes("-12345.678", .numeric(nil))
        let type = LogicalType.numeric(NumericModifier(precision: 7, scale: 2))
        #expect(try BinaryValue.read(bytes, as: type) == .numeric(Decimal("-12345.68")))
        let narrow = LogicalType.numeric(NumericModifier(precision: 6, scale: 2))
        #expect(throws: DemetraError.self) { try BinaryValue.read(bytes, as: narrow) }
    }

    @Test func `of numbers read whatever zeros stand around them`() throws {
        // 1000000 as [100, 0], and 1 with a group of zeros behind the point.
        let million: [UInt8] = [0, 2, 0, 1, 0, 0, 0, 0, 0, 100, 0, 0]
        #expect(try BinaryValue.read(million, as: .numeric(nil)) == .numeric(Decimal("1000000")))
        let one: [UInt8] = [0, 2, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0]
        #expect(try BinaryValue.read(one, as: .numeric(nil)) == .numeric(Decimal("1.00")))
    }

    @Test(
        arguments: [
            ([0], LogicalType.integer), ([0, 0, 0, 1, 0], .integer), ([], .boolean),
            ([0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10], .numeric(nil)),
            ([0xff, 0xff, 0, 0, 0, 0, 0, 0], .numeric(nil)),
            ([0, 1, 0, 0, 0, 1, 0, 0, 0, 1], .numeric(nil)), ([2, 0x7b, 0x7d], .jsonb),
            ([0xff], .text), ([0x41, 0], .text), ([1, 2], .uuid),
            ([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], .timestamp),
            ([0x7f, 0xff, 0xff, 0xfe], .date),
            (
                [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1],
                .array(.integer)
            ),
            ([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 23], .array(.integer)),
        ] as [([UInt8], LogicalType)])
    func `that are none are refused`(bytes: [UInt8], type: LogicalType) {
        #expect(throws: DemetraError.self) { try BinaryValue.read(bytes, as: type) }
    }

    @Test(arguments: 0..<100)
    func `random bytes are refused or a value, and never trap`(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed))
        let types: [LogicalType] = [
            .boolean, .smallint, .bigint, .real, .double, .numeric(nil), .text, .date, .time,
            .timestamp, .timestamptz, .interval, .uuid, .json, .jsonb, .bytea, .array(.text),
            .array(.numeric(nil)),
        ]
        for type in types {
            let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: .min...(Bool.random(using: &random) ? 3 : .max), using: &random)
            }
            if let value = try? BinaryValue.read(noise, as: type) {
                #expect(ValueText.text(value, type: type) != nil)
            }
        }
    }
}
