import Demetra

/// The columns of a table, for `\d NAME`.
enum RelationColumns {
    /// The query that lists them: name and type, of a table also whether NULL may stand there, default and keys.
    ///
    /// - Parameter name: as it stands in SQL.
    /// - Throws: 42P01 when there is none of that name.
    static func query(
        _ name: String, _ connection: any ShellConnection
    ) throws(DemetraError) -> String {
        let literal = NamePattern.literal(name)
        let relation = try connection.answer(
            to: "SELECT oid::text, relkind::text FROM pg_class WHERE oid = to_regclass(\(literal))")
        guard relation.rowCount == 1, let number = relation.texts(0)[0] else {
            throw try missing(name, connection)
        }
        let columns = """
            SELECT a.attname::text AS column, format_type(a.atttypid, a.atttypmod) AS type
            """
        let end = "WHERE a.attrelid = \(number) AND a.attnum > 0 ORDER BY a.attnum"
        guard relation.texts(0)[1] == ObjectListing.Kind.table.rawValue else {
            return "\(columns) FROM pg_attribute a \(end)"
        }
        return """
            \(columns), CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END AS nullable, \
            pg_get_expr(d.adbin, d.adrelid) AS default, \
            coalesce((SELECT string_agg(DISTINCT CASE k.contype WHEN 'p' THEN 'primary' ELSE 'unique' END, ', ') \
            FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype IN ('p', 'u') \
            AND a.attnum = ANY(k.conkey)), '') AS key \
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \(end)
            """
    }

    private static func missing(
        _ name: String, _ connection: any ShellConnection
    ) throws(DemetraError) -> DemetraError {
        let folded = ObjectCommands.folded(name)
        let known = try connection.answer(
            to:
                "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'v', 'S') AND pg_table_is_visible(oid)"
        )
        let names = known.rows.indices.compactMap { known.texts($0)[0] }
        return DemetraError(
            .undefinedTable, "relation \"\(folded)\" does not exist",
            hint: NearestName.find(folded, among: names).map { "Perhaps you meant \"\($0)\"." })
    }
}
