import CShims
import DemetraVectors

/// Fills a `FieldIndex` from the bytes of a chunk, 64 bytes a step.
///
/// For each step, bit masks say where delimiters, line ends and quotes are; quote parity removes
/// those that are data; what is left is walked bit by bit. COPY text and quotes with an own escape
/// character take a byte loop where a protecting byte is near.
///
/// Safe because a chunk has 64 bytes of padding, and masks are cut at its last record byte.
struct FieldScan {
    private let bytes: UnsafePointer<UInt8>
    private let upper: Int
    private let dialect: CSVDialect
    private let lineEnd: UInt8
    private let fieldCount: Int
    /// Blank lines are no records when a record has several fields and the caller is tolerant.
    private let skipsBlankLines: Bool
    private var recordStart: Int
    private var field = 0
    private var flag: UInt32 = 0
    private var skipsRecord: Bool

    /// A scan of a chunk, the header already known to be there or not.
    init(chunk: CSVChunk, dialect: CSVDialect, fieldCount: Int, skipsBlankLines: Bool) {
        bytes = chunk.bytes.pointer
        upper = chunk.byteCount
        self.dialect = dialect
        lineEnd = chunk.lineEnd
        self.fieldCount = fieldCount
        self.skipsBlankLines = skipsBlankLines
        recordStart = chunk.start
        skipsRecord = dialect.hasHeader && chunk.ordinal == 0
    }

    /// Scans all records into `index`.
    mutating func run(into index: inout FieldIndex) {
        index.current[0] = UInt32(truncatingIfNeeded: recordStart)
        let isOpen =
            switch dialect.syntax {
            case .csv where dialect.escapesByDoubling: scanByParity(&index)
            case .csv: scanByProtection(&index, quote: dialect.quote)
            case .copyText: scanText(&index)
            }
        if isOpen {
            index.reject(
                MisshapenRecord(
                    start: recordStart, end: upper, fieldCount: field + 1, isUnterminated: true))
        } else if recordStart < upper {
            endRecord(upper, &index)
        }
    }

    private mutating func scanByParity(_ index: inout FieldIndex) -> Bool {
        var quoted: UInt64 = 0
        var base = recordStart
        let (delimiter, quote) = (dialect.delimiter, dialect.quote)
        while base < upper {
            let inside = lowBits(upper &- base)
            var quotes = demetra_mask64_equal(bytes + base, quote) & inside
            var stops =
                (demetra_mask64_equal(bytes + base, delimiter)
                    | demetra_mask64_equal(bytes + base, lineEnd)) & inside
            if quotes | quoted != 0 {
                stops &= ~(prefixParity(quotes) ^ quoted)
                if quotes.nonzeroBitCount & 1 != 0 { quoted = ~quoted }
            }
            while stops != 0 {
                let bit = stops.trailingZeroBitCount
                let below = (1 &<< UInt64(truncatingIfNeeded: bit)) &- 1
                if quotes & below != 0 { flag = FieldIndex.protectedBit }
                quotes &= ~below
                stop(base &+ bit, &index)
                stops &= stops &- 1
            }
            if quotes != 0 { flag = FieldIndex.protectedBit }
            base &+= 64
        }
        return quoted != 0
    }

    private mutating func scanText(_ index: inout FieldIndex) -> Bool {
        var isProtected = false
        var base = recordStart
        while base < upper {
            let inside = lowBits(upper &- base)
            let backslashes = demetra_mask64_equal(bytes + base, dialect.protectingByte) & inside
            if backslashes != 0 || isProtected {
                for offset in base..<min(base + 64, upper) {
                    let byte = bytes[offset]
                    if isProtected {
                        isProtected = false
                    } else if byte == dialect.protectingByte {
                        isProtected = true
                        flag = FieldIndex.protectedBit
                    } else if byte == dialect.delimiter || byte == lineEnd {
                        stop(offset, &index)
                    }
                }
            } else {
                var stops =
                    (demetra_mask64_equal(bytes + base, dialect.delimiter)
                        | demetra_mask64_equal(bytes + base, lineEnd)) & inside
                while stops != 0 {
                    stop(base &+ stops.trailingZeroBitCount, &index)
                    stops &= stops &- 1
                }
            }
            base &+= 64
        }
        return false
    }

    private mutating func scanByProtection(_ index: inout FieldIndex, quote: UInt8) -> Bool {
        var isQuoted = false
        var isProtected = false
        for offset in recordStart..<upper {
            let byte = bytes[offset]
            if isProtected {
                isProtected = false
            } else if isQuoted && byte == dialect.escape {
                isProtected = true
            } else if byte == quote {
                isQuoted.toggle()
                flag = FieldIndex.protectedBit
            } else if !isQuoted && (byte == dialect.delimiter || byte == lineEnd) {
                stop(offset, &index)
            }
        }
        return isQuoted
    }

    @inline(__always)
    private mutating func stop(_ offset: Int, _ index: inout FieldIndex) {
        if bytes[offset] == lineEnd {
            endRecord(offset, &index)
        } else {
            field &+= 1
            if field < fieldCount {
                index.current[field] = UInt32(truncatingIfNeeded: offset &+ 1) | flag
            } else if field == fieldCount {
                // One field too many: the mark is wrong, but the record is set aside anyway.
                index.current[field] = flag
            }
            flag = 0
        }
    }

    private mutating func endRecord(_ offset: Int, _ index: inout FieldIndex) {
        var end = offset
        if lineEnd == UInt8(ascii: "\n"), end > recordStart, bytes[end - 1] == UInt8(ascii: "\r") {
            end -= 1
        }
        if skipsRecord {
            skipsRecord = false
        } else if isEndMarker(end) || (end == recordStart && fieldCount > 1 && skipsBlankLines) {
            // Not a record.
        } else if field + 1 == fieldCount {
            index.current[fieldCount] = UInt32(truncatingIfNeeded: end &+ 1) | flag
            index.commit()
        } else {
            index.reject(MisshapenRecord(start: recordStart, end: end, fieldCount: field + 1))
        }
        field = 0
        flag = 0
        recordStart = offset + 1
        index.current[0] = UInt32(truncatingIfNeeded: recordStart)
    }

    /// A line `\.` ends the data of older protocols; clients still send it last.
    private func isEndMarker(_ end: Int) -> Bool {
        end - recordStart == 2 && bytes[recordStart] == UInt8(ascii: "\\")
            && bytes[recordStart + 1] == UInt8(ascii: ".")
    }
}
