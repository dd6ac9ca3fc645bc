package import DemetraTypes

/// A rule as the query it runs: a row for each label set for which the condition is true.
///
///     label 0 ... label n-1 | condition | metric | threshold | channel | place 0 ...
package struct AlertQuery: Sendable {
    /// The query.
    package let plan: LogicalPlan
    /// The names of the labels; their columns come first.
    package let labels: [String]
    /// The message; the values of its places come last.
    package let template: MessageTemplate
    /// The type of the alerts it fires.
    package let alertType: String

    /// Position of the value that was measured, a double.
    package var metricIndex: Int { labels.count + 1 }
    /// Position of what it was compared with, a double.
    package var thresholdIndex: Int { labels.count + 2 }
    /// Position of the channel, a text.
    package var channelIndex: Int { labels.count + 3 }
    /// Position of the first place of the message.
    package var firstPlaceIndex: Int { labels.count + 4 }
    /// The type of each column.
    package var types: [LogicalType] { plan.columns.map(\.type) }

    /// The query's plan, cut off behind so many rows.
    package func limited(to count: Int) -> LogicalPlan {
        let limit = BoundExpression(.literal(.integer(Int64(count))), type: .bigint)
        return .limit(LimitPlan(input: plan, limit: limit, offset: nil))
    }
}
