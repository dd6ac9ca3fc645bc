/// Suggestions for names that miss.
package enum NearestName {
    /// The candidate closest to `name`, if its edit distance is at most 2 or a third of the length.
    ///
    /// Among equals the one that begins most like `name`, as people seldom err in the first letters; then
    /// the first in the alphabet, so that an answer never depends on the order of a dictionary.
    package static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
        let target = Array(name.lowercased().utf8)
        let limit = max(2, target.count / 3)
        var best: (distance: Int, shared: Int, name: String)?
        for candidate in candidates where candidate != name {
            let bytes = Array(candidate.lowercased().utf8)
            let distance = editDistance(target, bytes)
            guard distance <= limit, distance < target.count else { continue }
            let shared = zip(target, bytes).prefix { $0 == $1 }.count
            if let best {
                let isBetter =
                    (distance, -shared, candidate) < (best.distance, -best.shared, best.name)
                guard isBetter else { continue }
            }
            best = (distance, shared, candidate)
        }
        return best?.name
    }

    /// Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment).
    package static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard !left.isEmpty else { return right.count }
        guard !right.isEmpty else { return left.count }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in 1...left.count {
            var row = [Int](repeating: i, count: right.count + 1)
            for j in 1...right.count {
                let cost = left[i - 1] == right[j - 1] ? 0 : 1
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
