import DemetraTypes

/// A function that exists only with OVER; aggregates also work there by themselves.
// Immutable after init.
package final class WindowFunction: Sendable {
    /// What the engine computes.
    package enum Kind: Sendable, Hashable {
        case rowNumber, rank, denseRank, percentRank, cumeDist, ntile
        case lag, lead, firstValue, lastValue, nthValue
    }

    /// The SQL name, lower case.
    package let name: String
    /// What it computes.
    package let kind: Kind
    /// Parameters and result.
    package let signature: Signature

    /// Makes a window function.
    package init(_ name: String, _ kind: Kind, _ signature: Signature) {
        self.name = name
        self.kind = kind
        self.signature = signature
    }

    /// All of them.
    package static let all: [WindowFunction] = [
        WindowFunction("row_number", .rowNumber, Signature([], result: .fixed(.bigint))),
        WindowFunction("rank", .rank, Signature([], result: .fixed(.bigint))),
        WindowFunction("dense_rank", .denseRank, Signature([], result: .fixed(.bigint))),
        WindowFunction("percent_rank", .percentRank, Signature([], result: .fixed(.double))),
        WindowFunction("cume_dist", .cumeDist, Signature([], result: .fixed(.double))),
        WindowFunction(
            "ntile", .ntile, Signature([.type(.integer)], result: .fixed(.integer))),
        WindowFunction(
            "lag", .lag,
            Signature(
                [.anyElement, .type(.integer), .anyElement], requiredCount: 1, result: .argument(0))
        ),
        WindowFunction(
            "lead", .lead,
            Signature(
                [.anyElement, .type(.integer), .anyElement], requiredCount: 1, result: .argument(0))
        ),
        WindowFunction("first_value", .firstValue, Signature([.any], result: .argument(0))),
        WindowFunction("last_value", .lastValue, Signature([.any], result: .argument(0))),
        WindowFunction(
            "nth_value", .nthValue, Signature([.any, .type(.integer)], result: .argument(0))),
    ]
}
