/// A LIKE pattern with `%` and `_`.
struct LikePattern {
    private let pattern: [Character]

    init(_ pattern: String) { self.pattern = Array(pattern) }

    /// True when the whole text matches; an underscore matches any one character, itself included.
    func matches(_ text: String) -> Bool {
        var reachable = [Bool](repeating: false, count: pattern.count + 1)
        reachable[0] = true
        func skipPercents(_ states: inout [Bool]) {
            for index in pattern.indices where states[index] && pattern[index] == "%" {
                states[index + 1] = true
            }
        }
        skipPercents(&reachable)
        for character in text {
            var next = [Bool](repeating: false, count: pattern.count + 1)
            for index in pattern.indices where reachable[index] {
                if pattern[index] == "%" {
                    next[index] = true
                } else if pattern[index] == "_" || pattern[index] == character {
                    next[index + 1] = true
                }
            }
            skipPercents(&next)
            reachable = next
        }
        return reachable[pattern.count]
    }
}
