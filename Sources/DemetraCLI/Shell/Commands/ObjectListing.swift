/// The queries behind the commands that list objects.
enum ObjectListing {
    /// A kind of relation, as `pg_class` tells them apart.
    enum Kind: String {
        case table = "r"
        case view = "v"
        case sequence = "S"
        case index = "i"
    }

    /// Relations of some kinds whose names fit a pattern: those that the search path leads to, unless the pattern names
    /// a schema.
    static func relations(_ kinds: [Kind], _ pattern: String?) -> String {
        let kinds = kinds.map { NamePattern.literal($0.rawValue) }.joined(separator: ", ")
        var conditions = ["c.relkind IN (\(kinds))"]
        let parts = pattern.map(NamePattern.parts)
        if let schema = parts?.schema {
            conditions.append("n.nspname LIKE \(schema)")
        } else {
            conditions.append("n.nspname NOT IN ('pg_catalog', 'information_schema')")
            conditions.append("pg_table_is_visible(c.oid)")
        }
        if let name = parts?.name { conditions.append("c.relname LIKE \(name)") }
        return """
            SELECT n.nspname AS "Schema", c.relname AS "Name", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' \
            WHEN 'S' THEN 'sequence' ELSE 'index' END AS "Type", pg_get_userbyid(c.relowner) AS "Owner", \
            obj_description(c.oid, 'pg_class') AS "Description" \
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY 1, 2
            """
    }

    static func schemas(_ pattern: String?) -> String {
        """
        SELECT n.nspname AS "Name", pg_get_userbyid(n.nspowner) AS "Owner", \
        obj_description(n.oid, 'pg_namespace') AS "Description" FROM pg_namespace n \
        WHERE \(condition("n.nspname", pattern) ?? "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'") \
        ORDER BY 1
        """
    }

    static func roles(_ pattern: String?) -> String {
        """
        SELECT r.rolname AS "Name", concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END, \
        CASE WHEN NOT r.rolcanlogin THEN 'cannot log in' END, \
        CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit || ' connections' END) AS "Attributes" \
        FROM pg_roles r WHERE \(condition("r.rolname", pattern) ?? "r.rolname NOT LIKE 'pg\\_%'") ORDER BY 1
        """
    }

    static let databases = """
        SELECT d.datname AS "Name", pg_get_userbyid(d.datdba) AS "Owner", pg_encoding_to_char(d.encoding) AS "Encoding", \
        pg_size_pretty(pg_database_size(d.oid)) AS "Size" FROM pg_database d ORDER BY 1
        """

    private static func condition(_ column: String, _ pattern: String?) -> String? {
        pattern.map { "\(column) LIKE \(NamePattern.parts($0).name ?? "'%'")" }
    }
}

/// Patterns of names: `*` stands for any text and `?` for any sign; what is not in quotes is in lower case.
enum NamePattern {
    /// The two sides of a pattern's dot, as literals of LIKE; nil for a side that is not there.
    static func parts(_ pattern: String) -> (schema: String?, name: String?) {
        var parts: [String] = [""]
        var isQuoted = false
        for sign in pattern {
            switch sign {
            case "\"": isQuoted.toggle()
            case "." where !isQuoted: parts.append("")
            case "*" where !isQuoted: parts[parts.count - 1] += "%"
            case "?" where !isQuoted: parts[parts.count - 1] += "_"
            case "%", "_", "\\": parts[parts.count - 1] += "\\\(sign)"
            default: parts[parts.count - 1] += isQuoted ? String(sign) : sign.lowercased()
            }
        }
        let literals = parts.suffix(2).map { $0.isEmpty ? nil : literal($0) }
        return literals.count == 2 ? (literals[0], literals[1]) : (nil, literals[0])
    }

    /// A text as SQL writes it.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
