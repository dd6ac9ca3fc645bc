import DemetraStorage
import DemetraTesting
import DemetraTypes

/// What a store must hold, kept in a dictionary; and random things to do to both.
struct StoreModel {
    typealias Contents = [String: [Int64: TestRow]]

    /// One commit.
    enum Step {
        case create(String)
        case drop(String)
        case insert(String, [TestRow])
        case delete(String, [Int64])
        /// One transaction over two tables.
        case insertBoth(String, String, [TestRow])
        case alter(String, adds: Bool)
    }

    private(set) var contents: Contents = [:]
    private static let names = ["ads", "budgets", "campaigns"]
    private static let keyCount = 300

    static func step(_ random: inout SeededGenerator, _ contents: Contents) -> Step {
        let name = names[random.below(names.count)]
        guard contents[name] != nil else { return .create(name) }
        switch random.below(14) {
        case 0 where random.oneIn(3): return .drop(name)
        case 12: return .alter(name, adds: random.below(3) > 0)
        case 13:
            let rows = (0..<(1 + random.below(9))).map { index -> TestRow in
                .random(Int64(index), &random)
            }
            guard let other = names.first(where: { $0 != name && contents[$0] != nil }) else {
                return .insert(name, rows)
            }
            return .insertBoth(name, other, rows)
        case 1...3:
            let count = 1 + random.below(40)
            return .delete(name, (0..<count).map { _ in Int64(random.below(keyCount)) })
        default:
            // One row, a few, or enough for a segment of their own.
            let count = [1, 1 + random.below(20), 61 + random.below(90)][random.below(3)]
            let first = random.below(keyCount)
            let isRun = random.oneIn(2)
            let rows = (0..<count).map { index -> TestRow in
                let key = isRun ? (first + index) % keyCount : random.below(keyCount)
                return .random(Int64(key), &random)
            }
            return .insert(name, rows)
        }
    }

    static func apply(_ step: Step, to contents: inout Contents) {
        switch step {
        case .create(let name): contents[name] = [:]
        case .drop(let name): contents[name] = nil
        case .insert(let name, let rows): for row in rows { contents[name]?[row.key] = row }
        case .delete(let name, let keys): for key in keys { contents[name]?[key] = nil }
        case .insertBoth(let first, let second, let rows):
            for row in rows {
                contents[first]?[row.key] = row
                contents[second]?[row.key] = row
            }
        case .alter: break
        }
    }

    mutating func apply(_ step: Step) { Self.apply(step, to: &contents) }

    mutating func replace(_ other: Contents) { contents = other }

    static func run(_ step: Step, on fixture: StoreFixture) throws(DemetraError) {
        switch step {
        case .create("ads"): try fixture.create("ads", StoreFixture.partitioned(500))
        case .create(let name): try fixture.create(name)
        case .drop(let name): try fixture.drop(name)
        case .insert(let name, let rows): try fixture.insert(rows, into: name)
        case .delete(let name, let keys): try fixture.delete(keys, from: name)
        case .insertBoth(let first, let second, let rows):
            try fixture.insert(rows, into: first, and: second)
        case .alter(let name, let adds): try fixture.alter(name, adds: adds)
        }
    }
}
