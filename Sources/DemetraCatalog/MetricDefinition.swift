/// Which way a metric is wanted to go.
package enum MetricDirection: String, Sendable, Hashable, CaseIterable {
    /// More is better: ROAS.
    case higher
    /// Less is better: what a click costs.
    case lower
    /// Neither.
    case neutral
}

/// A named expression over aggregates, recomputed at the grain of each query.
package struct MetricDefinition: Sendable, Hashable {
    /// The SQL name.
    package var name: String
    /// The table or view it is computed from, as the user named it; nil for whatever has its columns.
    package var relation: String?
    /// SQL text of the expression, such as `sum(revenue) / sum(spend)`.
    package var expression: String
    /// How people want to read it, such as `percent 2`.
    package var format: String?
    /// What it is counted in, such as `USD`.
    package var unit: String?
    /// Which way is better.
    package var better: MetricDirection?
    /// What it means, in words.
    package var comment: String?
    /// It must not be added up over different values of its relation's time column.
    package var isFixedInTime: Bool
    /// It must not be added up over different values of these columns.
    package var fixedColumns: [String]
    /// Whose it is.
    package var access = ObjectAccess()

    /// Makes a metric.
    package init(
        name: String, relation: String? = nil, expression: String, format: String? = nil,
        unit: String? = nil, better: MetricDirection? = nil, comment: String? = nil,
        isFixedInTime: Bool = false, fixedColumns: [String] = []
    ) {
        self.name = name
        self.relation = relation
        self.expression = expression
        self.format = format
        self.unit = unit
        self.better = better
        self.comment = comment
        self.isFixedInTime = isFixedInTime
        self.fixedColumns = fixedColumns
    }

    /// What must be fixed, in the words of CREATE METRIC; nil where it adds up over everything.
    package var additivity: String? {
        var parts: [String] = []
        if isFixedInTime { parts.append("NON ADDITIVE OVER TIME") }
        if !fixedColumns.isEmpty {
            parts.append("NON ADDITIVE OVER (\(fixedColumns.joined(separator: ", ")))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
