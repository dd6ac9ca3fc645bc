import DemetraVectors

/// Which form values get: the one with the fewest bits, unless reading it takes longer and it saves little.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
enum IntegerChoice {
    case plain
    case packed
    case delta((low: Int64, high: Int64))
    case patched(IntegerWindow)
    case steps
    /// A form that had to be tried; its bytes.
    case made([UInt8])

    /// Bits a value that a second pass over the values must save.
    private static let bitsPerPass = 0.5
    /// A chunk has at least so many rows for each run.
    private static let rowsPerRun = 4
    /// Rows below which nothing but the simple forms is tried.
    private static let fewRows = 16
    /// Bits that the header of a form takes, about.
    private static let headerBits = 160.0

    init(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics,
        elementBytes: Int, depth: Int
    ) {
        let rows = Double(count)
        self = .plain
        var best = Double(elementBytes * 8)
        if about.width < elementBytes * 8, about.width <= BitPacking.widestValue {
            (self, best) = (.packed, Double(about.width))
        }
        if let steps = about.steps, let width = about.stepWidth,
            width <= BitPacking.widestValue, Double(width) + Self.bitsPerPass < best
        {
            (self, best) = (.delta(steps), Double(width))
        }
        guard depth < IntegerEncoding.deepest, count >= Self.fewRows, best > 0 else { return }
        if let window = Self.window(values, count, about),
            window.bitsPerValue + Self.bitsPerPass / 2 + Self.headerBits / rows < best
        {
            (self, best) = (.patched(window), window.bitsPerValue)
        }
        if about.steps != nil,
            let bits = Self.stepBits(values, count, about),
            bits + Self.bitsPerPass + Self.headerBits / rows < best
        {
            (self, best) = (.steps, bits)
        }
        if about.runCount * Self.rowsPerRun <= count {
            let bytes = RunIntegers.encoded(values, count, about.runCount, depth)
            let bits = Double(bytes.count * 8) / rows
            if bits < best { (self, best) = (.made(bytes), bits) }
        }
        if let bytes = Self.dictionary(values, count, about, best, depth) {
            self = .made(bytes)
        }
    }

    private static func window(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics
    ) -> IntegerWindow? {
        // So that a distance below the base, wrapped, is never taken for one inside of the window.
        guard about.range < UInt64(1) << 63 else { return nil }
        return IntegerWindow.best(count, fullWidth: about.width) {
            UInt64(bitPattern: values[$0] &- about.low) / about.factor
        }
    }

    /// What a step takes on average, by a sample; nil when there is no saying.
    private static func stepBits(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics
    ) -> Double? {
        guard let steps = about.steps else { return nil }
        // Steps are sums of multiples of the factor, but their least is one as well.
        let range = UInt64(bitPattern: steps.high &- steps.low) / about.factor
        let width = BitPacking.width(of: range)
        let window = IntegerWindow.best(count - 1, fullWidth: width) { index in
            let step = values[index &+ 1] &- values[index]
            return UInt64(bitPattern: step &- steps.low) / about.factor
        }
        return min(window?.bitsPerValue ?? .infinity, Double(width))
    }

    /// A dictionary, where the values are wide and few.
    ///
    /// Not within a dictionary's own codes, which gain nothing by it.
    private static func dictionary(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics, _ best: Double,
        _ depth: Int
    ) -> [UInt8]? {
        let room = Int(best) - 2
        guard depth == 0, room > 0 else { return nil }
        let largest = min(DictionaryIntegers.largest, count / 4, 1 << min(room, 16))
        guard
            let bytes = DictionaryIntegers.encoded(
                values, count, depth, largestDictionary: largest)
        else { return nil }
        return Double(bytes.count * 8) < best * Double(count) ? bytes : nil
    }

    /// A form by its name, whether it pays or not; nil when it cannot hold the values.
    init?(
        forced form: IntegerForm, _ values: UnsafePointer<Int64>, _ count: Int,
        _ about: IntegerStatistics
    ) {
        switch form {
        case .plain: self = .plain
        case .constant:
            guard about.range == 0 else { return nil }
            var writer = ByteWriter()
            ConstantIntegers.encode(about.low, into: &writer)
            self = .made(writer.bytes)
        case .packed:
            guard about.width > 0, about.width <= BitPacking.widestValue else { return nil }
            self = .packed
        case .delta:
            guard let steps = about.steps, (about.stepWidth ?? 64) <= BitPacking.widestValue
            else { return nil }
            self = .delta(steps)
        case .patched:
            guard let window = Self.window(values, count, about) else { return nil }
            self = .patched(window)
        case .steps:
            guard about.steps != nil else { return nil }
            self = .steps
        case .runs: self = .made(RunIntegers.encoded(values, count, about.runCount, 0))
        case .dictionary:
            guard
                let bytes = DictionaryIntegers.encoded(
                    values, count, 0, largestDictionary: DictionaryIntegers.largest)
            else { return nil }
            self = .made(bytes)
        }
    }
}
