import DemetraTypes
import DemetraVectors

/// Which fractions a percentile asks for in each group: one, or as many as an array has; NULL gives NULL.
struct PercentileFractions {
    /// What an argument asks for.
    enum Asked {
        case nothing
        case fractions([Double?])
    }

    /// What is asked of every group, where the argument is a constant.
    private var shared: Asked?
    /// What is asked of single groups, by their first row.
    private var own: [Int: Asked] = [:]

    /// Learns the fractions from the rows of a batch.
    ///
    /// - Throws: 22003 for a fraction outside of 0...1.
    mutating func read(
        _ argument: Vector, _ groups: Buffer<Int32>
    ) throws(DemetraError) {
        if argument.isConstant {
            if shared == nil { shared = try Self.asked(argument.value(at: 0)) }
            return
        }
        for row in 0..<argument.count where own[Int(groups[row])] == nil {
            own[Int(groups[row])] = try Self.asked(argument.value(at: row))
        }
    }

    private static func asked(_ value: Value) throws(DemetraError) -> Asked {
        switch value {
        case .null: return .nothing
        case .array(let elements):
            var fractions: [Double?] = []
            for element in elements { fractions.append(try fraction(element)) }
            return .fractions(fractions)
        default: return .fractions([try fraction(value)])
        }
    }

    private static func fraction(_ value: Value) throws(DemetraError) -> Double? {
        guard case .double(let number) = value else { return nil }
        guard (0...1).contains(number) else {
            throw DemetraError(
                .numericValueOutOfRange, "percentile value \(number) is not between 0 and 1")
        }
        return number
    }

    /// Takes over what another accumulator knows of its groups.
    mutating func merge(_ other: PercentileFractions, _ groupMap: Buffer<Int32>) {
        shared = shared ?? other.shared
        for (group, asked) in other.own where group < groupMap.count {
            let target = Int(groupMap[group])
            if own[target] == nil { own[target] = asked }
        }
    }

    /// The fractions of a group; nil when NULL was asked for, or nothing.
    func of(_ group: Int) -> [Double?]? {
        guard case .fractions(let fractions)? = own[group] ?? shared else { return nil }
        return fractions
    }
}
