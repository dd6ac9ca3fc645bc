package import DemetraCatalog
import DemetraSQL
package import DemetraTypes

// What a statement needs the right for. Superusers, and the owner of the database, have `rights` of nil: nothing is
// looked up for them.

extension Binder {
    /// - Throws: 42501 when the role may not do that with a table, view or sequence.
    func require(
        _ privileges: Privileges, on access: ObjectAccess, _ kind: SecuredKind,
        _ name: RelationName, _ range: SourceRange = .none
    ) throws(DemetraError) {
        guard let rights = authority.rights else { return }
        if let error = Self.denial(rights, privileges, access, kind, name, catalog) {
            throw error.at(range)
        }
    }

    /// Why a role may not do something with a relation; nil when it may.
    package static func denial(
        _ rights: Rights, _ privileges: Privileges, _ access: ObjectAccess, _ kind: SecuredKind,
        _ name: RelationName, _ catalog: Catalog
    ) -> DemetraError? {
        // Temporary tables of other sessions are out of reach anyway.
        if name.isTemporary { return nil }
        let schema = catalog.access[.schema(name.schema)]
        if !rights.allows(.usage, schema) {
            return denied(.schema, name.schema, .usage, rights.role)
        }
        guard !rights.allows(privileges, access) else { return nil }
        return denied(kind, name.name, privileges, rights.role, target: name.text)
    }

    /// 42501 for an object.
    package static func denied(
        _ kind: SecuredKind, _ name: String, _ privileges: Privileges, _ role: String,
        target: String? = nil
    ) -> DemetraError {
        let noun = kind == .table || kind == .view ? "" : kind.noun.uppercased() + " "
        return DemetraError(
            .insufficientPrivilege, "permission denied for \(kind.noun) \(name)",
            hint: "Its owner or a superuser can GRANT "
                + "\(privileges.words.joined(separator: ", ")) ON \(noun)\(target ?? name) "
                + "TO \(role).")
    }

    /// 42501 for what only owners may do.
    static func notOwner(_ kind: SecuredKind, _ name: String) -> DemetraError {
        DemetraError(
            .insufficientPrivilege, "must be owner of \(kind.noun) \(name)",
            hint: "Let its owner or a superuser do it, or become its owner.")
    }

    /// - Throws: 42501 when the role may not use a metric, alert or model.
    func require(
        _ privileges: Privileges, on access: ObjectAccess, _ kind: SecuredKind, _ name: String,
        _ range: SourceRange = .none
    ) throws(DemetraError) {
        guard let rights = authority.rights, !rights.allows(privileges, access) else { return }
        throw Self.denied(kind, name, privileges, rights.role).at(range)
    }

    /// Who has done what is not for everybody.
    static let auditRelation = "demetra_audit"

    /// - Throws: 42501 for all but superusers.
    func requireSuperuser(_ what: String) throws(DemetraError) {
        guard authority.rights != nil else { return }
        throw DemetraError(
            .insufficientPrivilege, "must be superuser to \(what)",
            hint: "Let a superuser do it.")
    }

    /// Binds with the rights of an object's owner, as views and metrics are read.
    func withRights<Result>(
        ofOwner owner: String?, _ body: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        let saved = authority
        authority = authority.of(owner: owner, catalog)
        defer { authority = saved }
        return try body()
    }

    // MARK: Rows of alerts

    /// The keys by which the stored tables of alerts are known, and the column that names the rule.
    private static let alertTables = [
        "demetra_alerts_pkey": "rule", "demetra_alert_rules_pkey": "name",
    ]

    /// The rows of a table that a role may read which was granted alerts and not the table: those of its alerts. Nil for
    /// any other table.
    func grantedRows(_ table: TableDefinition, _ scan: TableScan) throws(DemetraError)
        -> LogicalPlan?
    {
        guard let rights = authority.rights, !rights.allows(.select, table.access),
            let column = table.primaryKey.flatMap({ Self.alertTables[$0.name] }),
            let position = table.columnIndex(column)
        else { return nil }
        let alerts = catalog.alerts.values.filter { rights.allows(.select, $0.access) }
            .map(\.name).sorted()
        guard !alerts.isEmpty else { return nil }
        let rule = scan.columns[position].column
        let scope = Scope(parent: nil)
        scope.relations = [
            ScopeRelation(
                name: table.name, columns: [ScopeColumn(name: rule.name, column: rule)])
        ]
        let names = alerts.map { "'" + $0.replacing("'", with: "''") + "'" }
        let test = try bind(
            try SQLParser.parseExpression(
                RelationName.quoted(column) + " IN (\(names.joined(separator: ", ")))"),
            ExpressionContext(scope: scope, clause: "WHERE"))
        return .filter(.scan(scan), try condition(test, "WHERE"))
    }
}
