/// Runs a regular expression over texts; keeps its memory from text to text.
///
/// A thread is a place in the program with the slots it has noted. At each character the list holds at most
/// one thread a place, in order of preference, so a character costs at most the length of the program.
///
/// Safe because positions stay below the count of the bytes given.
// Owned by one thread.
final class RegexMatcher {
    private let regex: Regex
    private let slotCount: Int
    private var current: ThreadList
    private var following: ThreadList
    private var slots: [Int]
    private var stack: [Step] = []
    private var best: [Int] = []
    private var bestStart = -1
    private var bestEnd = -1

    /// What is left to do when a thread's closure is followed.
    private enum Step {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    private struct ThreadList {
        /// Places in the program, preferred ones first.
        var places: [Int] = []
        /// The slots of each, `slotCount` apart.
        var slots: [Int] = []
        /// The step at which a place was last added.
        var added: [Int]

        init(placeCount: Int) { added = Array(repeating: -1, count: placeCount) }

        mutating func removeAll() {
            places.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
        }
    }

    /// `capturing` false finds only the whole match, which is faster.
    init(_ regex: Regex, capturing: Bool = true) {
        self.regex = regex
        slotCount = capturing ? (regex.groupCount + 1) * 2 : 2
        current = ThreadList(placeCount: regex.instructions.count)
        following = ThreadList(placeCount: regex.instructions.count)
        slots = Array(repeating: -1, count: slotCount)
    }

    /// Whether the text matches anywhere.
    func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        run(bytes, from: 0, stopsAtFirst: true)
    }

    /// The leftmost match at or behind `start`: byte offsets of the start and end of the whole and of each
    /// group, -1 for groups that took no part; nil without a match.
    func match(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> [Int]? {
        run(bytes, from: start, stopsAtFirst: false) ? best : nil
    }

    private func run(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, stopsAtFirst: Bool
    ) -> Bool {
        current.removeAll()
        following.removeAll()
        clearMarks()
        (bestStart, bestEnd) = (-1, -1)
        var isMatched = false
        var position = start
        var previous = Self.scalar(before: start, in: bytes)
        while true {
            let (scalar, width) = Self.scalar(at: position, in: bytes)
            if !isMatched {
                // A later start is less preferred than all threads already on their way.
                for slot in slots.indices { slots[slot] = -1 }
                add(0, position, previous, scalar, isAtEnd: width == 0, bytes.count, to: &current)
            }
            guard !current.places.isEmpty else {
                if isMatched || width == 0 { break }
                (previous, position) = (scalar, position + width)
                continue
            }
            if advance(position, scalar, width, bytes) {
                isMatched = true
                if stopsAtFirst { return true }
            }
            swap(&current, &following)
            following.removeAll()
            if width == 0 { break }
            (previous, position) = (scalar, position + width)
        }
        return isMatched
    }

    /// Marks are steps of one run: a run that begins anew must not meet old ones.
    private func clearMarks() {
        for place in current.added.indices {
            current.added[place] = -1
            following.added[place] = -1
        }
    }

    /// Takes one character: threads that can go on are added to `following`, closed over what needs no
    /// character. True when a match better than the known one ended here.
    private func advance(
        _ position: Int, _ scalar: UInt32, _ width: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var found = false
        let next = position + width
        let (after, afterWidth) = Self.scalar(at: next, in: bytes)
        for index in current.places.indices {
            let base = index * slotCount
            switch regex.instructions[current.places[index]] {
            case .match:
                if isBetter(start: current.slots[base], end: position) {
                    best = Array(current.slots[base..<(base + slotCount)])
                    found = true
                }
                // Threads behind are less preferred: they matter only if they may end later.
                if !regex.prefersLongest { return found }
            case .set(let set) where width > 0 && regex.sets[set].contains(scalar):
                if isBeaten(start: current.slots[base]) { continue }
                for slot in 0..<slotCount { slots[slot] = current.slots[base + slot] }
                add(
                    current.places[index] + 1, next, scalar, after, isAtEnd: afterWidth == 0,
                    bytes.count, to: &following)
            default: break
            }
        }
        return found
    }

    private func isBetter(start: Int, end: Int) -> Bool {
        let isBetter =
            bestStart < 0 || start < bestStart
            || (start == bestStart && regex.prefersLongest && end > bestEnd)
        if isBetter { (bestStart, bestEnd) = (start, end) }
        return isBetter
    }

    /// A thread that began behind the best match cannot win any more.
    private func isBeaten(start: Int) -> Bool { bestStart >= 0 && start > bestStart }

    // MARK: Following what takes no character

    private func add(
        _ place: Int, _ position: Int, _ previous: UInt32, _ scalar: UInt32, isAtEnd: Bool,
        _ count: Int, to list: inout ThreadList
    ) {
        stack.append(.visit(place))
        while let step = stack.popLast() {
            switch step {
            case .restore(let slot, let value): slots[slot] = value
            case .visit(let place):
                if list.added[place] == position { continue }
                list.added[place] = position
                switch regex.instructions[place] {
                case .jump(let target): stack.append(.visit(target))
                case .split(let first, let second):
                    stack.append(.visit(second))
                    stack.append(.visit(first))
                case .save(let slot):
                    if slot < slotCount {
                        stack.append(.restore(slot: slot, value: slots[slot]))
                        slots[slot] = position
                    }
                    stack.append(.visit(place + 1))
                case .assertion(let assertion):
                    let holds = Self.holds(
                        assertion, isAtStart: position == 0, isAtEnd: isAtEnd, previous, scalar)
                    if holds { stack.append(.visit(place + 1)) }
                case .set, .match:
                    list.places.append(place)
                    list.slots.append(contentsOf: slots)
                }
            }
        }
    }

    private static let word = RegexSet.word.prepared(ignoringCase: false)

    private static func holds(
        _ assertion: RegexAssertion, isAtStart: Bool, isAtEnd: Bool, _ previous: UInt32,
        _ next: UInt32
    ) -> Bool {
        func isWord(_ value: UInt32) -> Bool { Self.word.contains(value) }
        let before = !isAtStart && isWord(previous)
        let after = !isAtEnd && isWord(next)
        return switch assertion {
        case .textStart: isAtStart
        case .textEnd: isAtEnd
        case .lineStart: isAtStart || previous == 0x0a
        case .lineEnd: isAtEnd || next == 0x0a
        case .wordStart: !before && after
        case .wordEnd: before && !after
        case .wordBoundary: before != after
        case .notWordBoundary: before == after
        }
    }

    // MARK: Characters

    /// The code point at an offset and its width; width 0 at the end. A byte that begins none stands for itself.
    @inline(__always)
    static func scalar(
        at position: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (value: UInt32, width: Int) {
        guard position < bytes.count else { return (0, 0) }
        let first = UInt32(bytes[position])
        if first < 0x80 { return (first, 1) }
        let width = first >= 0xf0 ? 4 : (first >= 0xe0 ? 3 : 2)
        guard first >= 0xc0, position + width <= bytes.count else { return (first, 1) }
        var value = first & (0x7f >> UInt32(width))
        for offset in 1..<width { value = value << 6 | UInt32(bytes[position + offset] & 0x3f) }
        return (value, width)
    }

    private static func scalar(before position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UInt32
    {
        guard position > 0, position <= bytes.count else { return 0 }
        var start = position - 1
        while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
        return scalar(at: start, in: bytes).value
    }
}
