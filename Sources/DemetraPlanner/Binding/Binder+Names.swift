import DemetraCatalog
import DemetraSQL
import DemetraTypes

// What the names of tables and views mean: schemas and the search path.

/// A table or view where a statement names it.
struct NamedRelation {
    /// Where the name stands.
    let range: SourceRange
    /// What it means.
    let name: RelationName
    /// The schema is written there.
    let isQualified: Bool
    /// An alias follows.
    let hasAlias: Bool
}

extension Binder {
    /// Schemas that are there without being in the catalog: what they hold is made by the engine.
    static let systemSchemas = ["information_schema", "pg_catalog"]
    /// What a database is called where no session says it.
    package static let usualDatabaseName = "demetra"

    // MARK: Finding

    /// The schema that a name gives; nil when it gives none.
    ///
    /// - Throws: 0A000 for another database, 42601 for more than three parts.
    func schemaName(_ name: ObjectName) throws(DemetraError) -> String? {
        guard name.parts.count > 1 else { return nil }
        guard name.parts.count <= 3 else {
            throw DemetraError(
                .syntaxError, "improper qualified name (too many dotted names): \(name.text)"
            ).at(name.range)
        }
        // What is stored was written by a session that may have called the database by another name.
        let isWrittenHere = viewDepth == 0 && expandingMetrics.isEmpty
        if name.parts.count == 3, isWrittenHere, name.parts[0].name != databaseName {
            throw DemetraError(
                .featureNotSupported,
                "cross-database references are not implemented: \"\(name.text)\"",
                hint: "The database is called \"\(databaseName)\"; leave its name out."
            ).at(name.range)
        }
        let schema = name.parts[name.parts.count - 2].name
        return schema == "pg_temp" ? path.temporary ?? schema : schema
    }

    /// What a name means: the table or view that there is, else what would be it if it were there.
    func relationName(_ name: ObjectName) throws(DemetraError) -> RelationName {
        let last = name.last.name
        if let schema = try schemaName(name) {
            if schema.hasPrefix(RelationName.temporaryPrefix), schema != path.temporary {
                throw DemetraError(
                    .featureNotSupported, "cannot access temporary tables of other sessions"
                ).at(name.range)
            }
            return RelationName(last, schema: schema)
        }
        let candidates = path.schemas.map { RelationName(last, schema: $0) }
        return candidates.first { catalog.hasRelation($0) }
            ?? RelationName(last, schema: path.creation ?? "")
    }

    /// 42P01 for a name.
    func undefinedTable(_ name: ObjectName) -> DemetraError {
        let known = catalog.relationNames.filter { path.schemas.contains($0.schema) }.map(\.name)
        let qualified = catalog.relationNames.map(\.text)
        let nearest =
            name.parts.count > 1
            ? NearestName.find(name.text, among: qualified)
            : NearestName.find(name.last.name, among: known)
                ?? catalog.relationNames.first { $0.name == name.last.name }?.text
        return DemetraError(
            .undefinedTable, "relation \"\(name.text)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }, position: Int(name.range.lower))
    }

    /// The stored table of that name.
    ///
    /// - Throws: 42P01 when there is none, 55000 for a view.
    func table(_ name: ObjectName) throws(DemetraError) -> TableDefinition {
        let relation = try relationName(name)
        if let table = catalog.tables[relation] { return table }
        if catalog.views[relation] != nil {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "\"\(relation.name)\" is a view and cannot be changed",
                hint: "Change the tables it reads.", position: Int(name.range.lower))
        }
        throw undefinedTable(name)
    }

    // MARK: Creating

    /// The full name of something new.
    ///
    /// - Throws: 3F000 for a schema that does not exist, 42501 for one that is the engine's, 42P16 for a temporary
    ///   table in one that is not for those.
    func newName(
        _ name: ObjectName, isTemporary: Bool = false
    ) throws(DemetraError) -> RelationName {
        let last = name.last.name
        guard let schema = try schemaName(name) else {
            if isTemporary { return RelationName(last, schema: try temporarySchema(name)) }
            guard let schema = path.creation else {
                throw DemetraError(
                    .invalidSchemaName, "no schema has been selected to create in",
                    hint: "Name the schema, or one that exists in search_path."
                ).at(name.range)
            }
            return RelationName(last, schema: schema)
        }
        if schema.hasPrefix(RelationName.temporaryPrefix) || schema == "pg_temp" {
            guard schema == (try temporarySchema(name)) else {
                throw DemetraError(
                    .invalidTableDefinition,
                    "cannot create relations in temporary schemas of other sessions"
                ).at(name.range)
            }
            return RelationName(last, schema: schema)
        }
        if isTemporary {
            throw DemetraError(
                .invalidTableDefinition,
                "cannot create temporary relation in non-temporary schema",
                hint: "Leave the schema out."
            ).at(name.range)
        }
        try checkSchema(schema, name.range)
        return RelationName(last, schema: schema)
    }

    private func temporarySchema(_ name: ObjectName) throws(DemetraError) -> String {
        if let schema = path.temporary { return schema }
        throw DemetraError(
            .featureNotSupported, "temporary tables need a session of their own"
        ).at(name.range)
    }

    /// - Throws: 3F000 when there is no schema of that name, 42501 when it is the engine's.
    func checkSchema(_ schema: String, _ range: SourceRange) throws(DemetraError) {
        if catalog.hasSchema(schema) { return }
        if Self.systemSchemas.contains(schema) {
            throw DemetraError(
                .insufficientPrivilege, "schema \"\(schema)\" belongs to the system",
                hint: "Use a schema of your own."
            ).at(range)
        }
        throw undefinedSchema(schema, range)
    }

    /// 3F000 for a name.
    func undefinedSchema(_ schema: String, _ range: SourceRange) -> DemetraError {
        let known = catalog.schemas + [RelationName.publicSchema]
        return DemetraError(
            .invalidSchemaName, "schema \"\(schema)\" does not exist",
            hint: NearestName.find(schema, among: known)
                .map { "Perhaps you meant \"\($0)\"." } ?? "Create it with CREATE SCHEMA."
        ).at(range)
    }

    // MARK: Texts that are stored

    /// The text of a range in which every table and view outside of `public` has its schema: it means the same
    /// whatever the search path is.
    func qualifiedText(_ range: SourceRange) -> String {
        replacing(in: range) { reference in
            let isClear =
                reference.name.schema == RelationName.publicSchema
                || (reference.isQualified && !reference.name.isTemporary)
            return isClear ? nil : reference.name.quoted
        }
    }

    /// The text of a range with some names of tables and views replaced.
    func replacing(
        in range: SourceRange, _ replacement: (NamedRelation) -> String?
    ) -> String {
        guard range.lower >= 0 else { return sourceText(range) }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var (position, done) = (Int(range.lower), -1)
        for reference in namedRelations.sorted(by: { $0.range.lower < $1.range.lower }) {
            let (lower, upper) = (Int(reference.range.lower), Int(reference.range.upper))
            guard lower > done, lower >= position, upper <= Int(range.upper),
                let new = replacement(reference)
            else { continue }
            done = lower
            result += bytes[position..<lower]
            result += Array(new.utf8)
            position = upper
        }
        result += bytes[position..<min(Int(range.upper), bytes.count)]
        return String(decoding: result, as: UTF8.self)
    }
}
