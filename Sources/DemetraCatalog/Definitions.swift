/// A stored query that can be read like a table.
package struct ViewDefinition: Sendable, Hashable {
    /// The SQL name.
    package var name: String
    /// The schema it is in.
    package var schemaName: String
    /// Column names given in CREATE VIEW, or empty.
    package let columnNames: [String]
    /// SQL text of the query. What is in another schema than `public` is named with it: the text means the same
    /// whatever the search path is.
    package var query: String
    /// COMMENT ON VIEW.
    package var comment: String?
    /// COMMENT ON COLUMN, by the names of columns.
    package var columnComments: [String: String] = [:]
    /// Whose it is: the owner's rights are those with which it reads.
    package var access = ObjectAccess()

    /// Makes a view.
    package init(
        name: String, schemaName: String = RelationName.publicSchema, columnNames: [String],
        query: String
    ) {
        self.name = name
        self.schemaName = schemaName
        self.columnNames = columnNames
        self.query = query
    }

    /// The name with its schema.
    package var qualifiedName: RelationName { RelationName(name, schema: schemaName) }
}

/// How grave a fired alert is.
public enum AlertSeverity: String, Sendable, Hashable, CaseIterable, Comparable {
    /// For the record.
    case low
    /// Look at it today.
    case medium
    /// Look at it now.
    case high
    /// Money is being lost.
    case critical

    /// From low to critical.
    public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A stored rule: `CREATE ALERT name WHEN condition FROM source ... SEVERITY ... MESSAGE ...`.
package struct AlertDefinition: Sendable, Hashable {
    /// The SQL name, also the type of the alerts it fires.
    package let name: String
    /// SQL text of the condition behind WHEN.
    package let condition: String
    /// SQL text of FROM, WHERE and GROUP BY, in that order, as written.
    package let source: String
    /// SQL texts of the GROUP BY expressions: the labels of an instance.
    package let groups: [String]
    /// The severity.
    package let severity: AlertSeverity
    /// The template, such as `ROI dropped to {roi:.2f} for {channel}`.
    package let message: String
    /// What to do, in words.
    package let action: String?
    /// The whole statement as the user wrote it.
    package let statement: String
    /// Whose it is.
    package var access = ObjectAccess()

    /// Makes a rule.
    package init(
        name: String, condition: String, source: String, groups: [String],
        severity: AlertSeverity, message: String, action: String?, statement: String
    ) {
        self.name = name
        self.condition = condition
        self.source = source
        self.groups = groups
        self.severity = severity
        self.message = message
        self.action = action
        self.statement = statement
    }
}

/// A trained model, kept as bytes that its kind understands.
package struct ModelDefinition: Sendable, Hashable {
    /// The SQL name.
    package let name: String
    /// The kind, such as `regression`.
    package let kind: String
    /// The whole CREATE MODEL statement.
    package let statement: String
    /// The encoded model.
    package let payload: [UInt8]
    /// Whose it is.
    package var access = ObjectAccess()

    /// Makes a model.
    package init(name: String, kind: String, statement: String, payload: [UInt8]) {
        self.name = name
        self.kind = kind
        self.statement = statement
        self.payload = payload
    }
}

/// A definition that says what others may do with the object.
package protocol Secured {
    /// Whose it is, and what others may do with it.
    var access: ObjectAccess { get set }
}

extension TableDefinition: Secured {}
extension ViewDefinition: Secured {}
extension SequenceDefinition: Secured {}
extension MetricDefinition: Secured {}
extension AlertDefinition: Secured {}
extension ModelDefinition: Secured {}
