import DemetraTypes

/// A regular expression compiled to a program that any number of matchers run.
///
/// Matching takes time linear in the text whatever the pattern: all ways through the program are followed at
/// once, one character at a time, so `(a*)*b` cannot be made to run for years.
///
/// As in PostgreSQL the leftmost match wins, and of those that begin there the longest, unless the first
/// quantifier with a preference is a lazy one such as `*?`: then the shortest.
///
/// - Source: Thompson, "Regular expression search algorithm", 1968; Pike's machine with captures as told by
///   Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.
// Immutable after init.
final class Regex: Sendable {
    /// One step of the program.
    enum Instruction: Sendable {
        /// Takes a character of the set.
        case set(Int)
        /// Goes on at both places, the first preferred.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place in a slot: 2n for the start of group n, 2n + 1 for its end.
        case save(Int)
        case assertion(RegexAssertion)
        case match
    }

    /// More instructions than this are refused: nested counted repetitions multiply.
    private static let sizeLimit = 20_000

    let instructions: [Instruction]
    let sets: [RegexSet]
    /// Groups that capture.
    let groupCount: Int
    /// Of the matches at the leftmost place the longest is wanted.
    let prefersLongest: Bool

    /// - Throws: 2201B for a pattern that is none, or too large.
    init(_ pattern: String, _ options: RegexOptions) throws(DemetraError) {
        let (node, groupCount, options) = try RegexParser.parse(pattern, options)
        var compiler = Compiler(ignoresCase: options.ignoresCase)
        compiler.instructions.append(.save(0))
        try compiler.append(node)
        compiler.instructions += [.save(1), .match]
        instructions = compiler.instructions
        sets = compiler.sets
        self.groupCount = groupCount
        prefersLongest = Self.preference(node) ?? true
    }

    /// True for longest, false for shortest, nil where nothing can vary.
    private static func preference(_ node: RegexNode) -> Bool? {
        switch node {
        case .empty, .set, .assertion: nil
        case .sequence(let parts): parts.lazy.compactMap { preference($0) }.first
        case .choice: true
        case .group(_, let inner): preference(inner)
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            minimum == maximum ? preference(inner) : isGreedy
        }
    }

    private struct Compiler {
        let ignoresCase: Bool
        var instructions: [Instruction] = []
        var sets: [RegexSet] = []

        mutating func append(_ node: RegexNode) throws(DemetraError) {
            guard instructions.count < Regex.sizeLimit else {
                throw DemetraError(
                    .invalidRegularExpression,
                    "invalid regular expression: regular expression is too complex")
            }
            switch node {
            case .empty: break
            case .set(let set):
                sets.append(set.prepared(ignoringCase: ignoresCase))
                instructions.append(.set(sets.count - 1))
            case .assertion(let assertion): instructions.append(.assertion(assertion))
            case .sequence(let parts): for part in parts { try append(part) }
            case .choice(let branches): try append(choice: branches)
            case .group(let number, let inner):
                instructions.append(.save(number * 2))
                try append(inner)
                instructions.append(.save(number * 2 + 1))
            case .repetition(let inner, let minimum, let maximum, let isGreedy):
                try append(inner, minimum, maximum, isGreedy)
            }
        }

        private mutating func append(choice branches: [RegexNode]) throws(DemetraError) {
            var ends: [Int] = []
            for (index, branch) in branches.enumerated() {
                let isLast = index == branches.count - 1
                let split = instructions.count
                if !isLast { instructions.append(.jump(0)) }
                try append(branch)
                guard !isLast else { break }
                ends.append(instructions.count)
                instructions.append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for end in ends { instructions[end] = .jump(instructions.count) }
        }

        private mutating func append(
            _ inner: RegexNode, _ minimum: Int, _ maximum: Int?, _ isGreedy: Bool
        ) throws(DemetraError) {
            for _ in 0..<minimum { try append(inner) }
            guard let maximum else {
                let loop = instructions.count
                instructions.append(.jump(0))
                try append(inner)
                instructions.append(.jump(loop))
                instructions[loop] = split(loop + 1, instructions.count, isGreedy)
                return
            }
            var skips: [Int] = []
            for _ in 0..<(maximum - minimum) {
                skips.append(instructions.count)
                instructions.append(.jump(0))
                try append(inner)
            }
            for skip in skips {
                instructions[skip] = split(skip + 1, instructions.count, isGreedy)
            }
        }

        private func split(_ inside: Int, _ behind: Int, _ isGreedy: Bool) -> Instruction {
            isGreedy ? .split(inside, behind) : .split(behind, inside)
        }
    }
}
