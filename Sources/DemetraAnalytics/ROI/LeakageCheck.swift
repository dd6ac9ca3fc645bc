/// Finds features that exist only after the campaign, or that the target is computed from.
package enum LeakageCheck {
    private static let words: Set<String> = [
        "roi", "roas", "revenue", "profit", "income", "sales", "conversion", "conversions",
        "click", "clicks", "engagement", "ctr", "cvr", "cpa", "cpc", "cpm", "cpl", "leads",
        "purchases", "orders",
    ]

    /// Suspicious columns and why.
    package static func suspects(
        features: [String], numeric: [(name: String, values: [Double])], target: [Double]
    ) -> [String: String] {
        var found: [String: String] = [:]
        for feature in features {
            let parts = feature.lowercased().split { !$0.isLetter }.map(String.init)
            if let word = parts.first(where: { words.contains($0) }) {
                found[feature] = "\(word) is known only afterwards"
            }
        }
        let targetRanks = OrderStatistics.ranks(target)
        for (name, values) in numeric {
            let rows = values.indices.filter { !values[$0].isNaN }
            guard rows.count > 10 else { continue }
            let correlation = OrderStatistics.correlation(
                OrderStatistics.ranks(rows.map { values[$0] }),
                rows.count == target.count
                    ? targetRanks : OrderStatistics.ranks(rows.map { target[$0] }))
            if abs(correlation) > 0.98 {
                found[name] = "rank correlation \(PlainNumber.text(correlation)) with the target"
            }
        }
        let candidates = numeric.prefix(30)
        for left in candidates {
            for right in candidates where left.name != right.name {
                guard let form = formula(left.values, right.values, target) else { continue }
                let shown =
                    form == "/"
                    ? "\(left.name) / \(right.name)"
                    : form == "-"
                        ? "\(left.name) - \(right.name)"
                        : "(\(left.name) - \(right.name)) / \(right.name)"
                found[left.name] = "the target is \(shown)"
                found[right.name] = "the target is \(shown)"
            }
        }
        return found
    }

    /// The simple formula that gives the target on more than 99 % of the rows.
    private static func formula(_ a: [Double], _ b: [Double], _ target: [Double]) -> String? {
        guard target.count > 10 else { return nil }
        let forms: [(String, (Double, Double) -> Double)] = [
            ("/", { $0 / $1 }), ("-", { $0 - $1 }), ("(-)/", { ($0 - $1) / $1 }),
        ]
        let allowed = target.count / 100
        for (name, form) in forms {
            var misses = 0
            for row in target.indices {
                let value = form(a[row], b[row])
                let isClose = abs(value - target[row]) <= 1e-6 * max(abs(target[row]), 1)
                if !isClose { misses += 1 }
                if misses > allowed { break }
            }
            if misses <= allowed { return name }
        }
        return nil
    }
}
