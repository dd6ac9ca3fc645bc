import DemetraTypes

// Parsers of the fixed-size types whose binary form is a number or a few of them.
//
// Safe because each compares the count before it loads so many bytes.

/// Fields of a boolean column.
struct BinaryBoolean: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard count == 1 else { return false }
        element.pointee = bytes[0] == 0 ? 0 : 1
        return true
    }
}

/// Fields of a smallint column.
struct BinarySmallint: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard count == 2 else { return false }
        element.pointee = Int32(BinaryWord.load(bytes, as: Int16.self))
        return true
    }
}

/// Fields of an integer column.
struct BinaryInteger: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard count == 4 else { return false }
        element.pointee = BinaryWord.load(bytes, as: Int32.self)
        return true
    }
}

/// Fields of a bigint column.
struct BinaryBigint: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard count == 8 else { return false }
        element.pointee = BinaryWord.load(bytes, as: Int64.self)
        return true
    }
}

/// Fields of a real column.
struct BinaryReal: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Double>
    ) -> Bool {
        guard count == 4 else { return false }
        element.pointee = Double(Float(bitPattern: BinaryWord.load(bytes, as: UInt32.self)))
        return true
    }
}

/// Fields of a double precision column.
struct BinaryDouble: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Double>
    ) -> Bool {
        guard count == 8 else { return false }
        element.pointee = Double(bitPattern: BinaryWord.load(bytes, as: UInt64.self))
        return true
    }
}

/// Fields of a date column; infinity and days beyond the calendar go the general way.
struct BinaryDate: BinaryFieldParser {
    private let first = CalendarDate.firstDays
    private let last = CalendarDate.lastDays

    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard count == 4 else { return false }
        let (days, overflows) = BinaryWord.load(bytes, as: Int32.self)
            .addingReportingOverflow(BinaryValue.epochDays)
        guard !overflows, days >= first, days <= last else { return false }
        element.pointee = days
        return true
    }
}

/// Fields of a time column.
struct BinaryTime: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard count == 8 else { return false }
        let time = BinaryWord.load(bytes, as: Int64.self)
        guard time >= 0, time <= BinaryValue.endOfDay else { return false }
        element.pointee = time
        return true
    }
}

/// Fields of a timestamp or timestamptz column; infinity and times beyond the calendar go the general way.
struct BinaryTimestamp: BinaryFieldParser {
    private let first = Timestamp.first
    private let end = Timestamp.end

    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard count == 8 else { return false }
        let (time, overflows) = BinaryWord.load(bytes, as: Int64.self)
            .addingReportingOverflow(BinaryValue.epochMicroseconds)
        guard !overflows, time >= first, time < end else { return false }
        element.pointee = time
        return true
    }
}

/// Fields of an interval column.
struct BinaryInterval: BinaryFieldParser {
    @inline(__always)
    func parse(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Interval>
    ) -> Bool {
        guard count == 16 else { return false }
        element.pointee = Interval(
            months: BinaryWord.load(bytes + 12, as: Int32.self),
            days: BinaryWord.load(bytes + 8, as: Int32.self),
            microseconds: BinaryWord.load(bytes, as: Int64.self))
        return true
    }
}
