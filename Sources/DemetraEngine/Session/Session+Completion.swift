import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes

/// What a word at a place of a text may become.
package struct CompletionItem: Sendable, Hashable {
    /// What a candidate is, best first: what belongs to the data comes before the language.
    package enum Kind: String, Sendable, CaseIterable {
        case column, relation, metric, object, function, setting, type, keyword
    }

    /// The text that takes the place of the word: a name in quotes where it needs them, a keyword in capitals
    /// unless the word was begun in small letters.
    package let text: String
    /// What it is.
    package let kind: Kind
}

/// The candidates at a place of a text.
package struct CompletionList: Sendable {
    /// The bytes that a candidate takes the place of.
    package let range: SourceRange
    /// The candidates, best first.
    package let items: [CompletionItem]
    /// The name of a file belongs here: what of it is there already; nil elsewhere.
    package let filePrefix: String?
}

extension Session {
    /// What may stand at the byte `cursor` of a text, as the grammar, the catalog and the statement itself tell.
    package func completions(of text: String, at cursor: Int) -> CompletionList {
        guard let place = CompletionPlace(text, at: cursor) else {
            return CompletionList(
                range: SourceRange(cursor, cursor), items: [], filePrefix: nil)
        }
        if place.names.contains(.file) {
            return CompletionList(range: place.range, items: [], filePrefix: place.word)
        }
        var search = CompletionSearch(session: self, place: place)
        return CompletionList(range: place.range, items: search.items(), filePrefix: nil)
    }
}

/// Gathers the candidates for one place.
private struct CompletionSearch {
    let session: Session
    let place: CompletionPlace
    private let catalog: Catalog
    private let binder: Binder
    private let start: String
    private var found: [CompletionItem] = []
    private var seen: Set<CompletionItem> = []
    private var columnsByRelation: [String: [String]] = [:]

    init(session: Session, place: CompletionPlace) {
        self.session = session
        self.place = place
        let snapshot = session.snapshot
        catalog = snapshot.catalog
        binder = session.makeBinder(snapshot)
        start = place.word.lowercased()
    }

    mutating func items() -> [CompletionItem] {
        if let qualifier = place.qualifier.last {
            addQualified(qualifier)
            return found
        }
        if place.names.contains(.column) { addColumns() }
        if place.names.contains(.targetColumn), let target = place.outline.target {
            add(columns(of: target), .column)
        }
        if place.names.contains(.sharedColumn) { addSharedColumns() }
        if place.names.contains(.relation) { addRelations() }
        if place.names.contains(.rowFunction) { add(rowFunctions, .function) }
        if place.names.contains(.metric) { add(catalog.metrics.keys.sorted(), .metric) }
        if place.names.contains(.model) { add(catalog.models.keys.sorted(), .object) }
        if place.names.contains(.alert) { add(catalog.alerts.keys.sorted(), .object) }
        if place.names.contains(.schema) { add(schemas, .object) }
        if place.names.contains(.sequence) {
            add(catalog.sequences.keys.filter { session.isOwn($0) }.map(\.name).sorted(), .object)
        }
        if place.names.contains(.function) { add(functions, .function) }
        if place.names.contains(.setting) { addSettings() }
        if place.names.contains(.type) { add(CompletionTypes.names, .type) }
        addKeywords()
        return found
    }

    // MARK: Adding

    private mutating func add(_ names: some Sequence<String>, _ kind: CompletionItem.Kind) {
        for name in names where name.lowercased().hasPrefix(start) {
            if place.isQuoted, !name.hasPrefix(place.word) { continue }
            let isPlain = Identifier.isPlain(name) || kind == .setting || kind == .type
            let text = place.isQuoted || !isPlain ? RelationName.quoted(name) : name
            let item = CompletionItem(text: text, kind: kind)
            if seen.insert(item).inserted { found.append(item) }
        }
    }

    private mutating func addKeywords() {
        let isSmall = place.word.contains(where: \.isLowercase)
        for keyword in place.keywords where keyword.text.hasPrefix(start) {
            let text = isSmall ? keyword.text : keyword.text.uppercased()
            found.append(CompletionItem(text: text, kind: .keyword))
        }
    }

    // MARK: Columns

    private mutating func addColumns() {
        let relations = place.outline.relations
        if relations.isEmpty {
            // Before FROM is written any table may be meant, once a word is begun.
            if !start.isEmpty {
                let all = catalog.tables.values.filter { session.isOwn($0.qualifiedName) }
                    .flatMap { $0.columns.map(\.name) }
                add(Set(all.filter { $0.lowercased().hasPrefix(start) }).sorted(), .column)
            }
        } else {
            for relation in relations { add(columns(of: relation), .column) }
            add(relations.map(\.name), .relation)
        }
        add(Set(catalog.metrics.keys).union(BuiltInMetrics.all.map(\.name)).sorted(), .metric)
    }

    private mutating func addSharedColumns() {
        // The relation that is joined is the last one before the cursor.
        let before = place.outline.relations.filter { !$0.isBehindCursor }
        guard let joined = before.last else { return }
        let others = Set(before.dropLast().flatMap { columns(of: $0) })
        add(columns(of: joined).filter { others.contains($0) }, .column)
    }

    private mutating func addQualified(_ qualifier: String) {
        let isColumn = !place.names.isDisjoint(with: [.column, .targetColumn])
        if isColumn {
            let relations =
                place.outline.relations + (place.outline.target.map { [$0] } ?? [])
            if let relation = relations.first(where: { $0.name == qualifier }) {
                return add(columns(of: relation), .column)
            }
        }
        if place.names.contains(.relation) || isColumn {
            add(
                catalog.relationNames.filter { $0.schema == qualifier && session.isOwn($0) }
                    .map(\.name).sorted(), .relation)
            if qualifier == "pg_catalog" { add(SystemRelation.catalogNames, .relation) }
            if qualifier == "information_schema" { add(SystemRelation.informationNames, .relation) }
        }
        // Behind a point the parser takes any word; in an expression it may be a column of a table not yet in
        // FROM.
        if isColumn, found.isEmpty { add(columns(ofPath: place.qualifier), .column) }
    }

    private mutating func columns(of relation: StatementOutline.Relation) -> [String] {
        switch relation.source {
        case .named(let path): return columns(ofPath: path)
        case .columns(let known): return names(of: known, depth: 0)
        }
    }

    private mutating func names(
        of given: [StatementOutline.Column], depth: Int
    ) -> [String] {
        given.flatMap { column -> [String] in
            switch column {
            case .name(let name): return [name]
            case .all(let relations):
                return relations.flatMap { relation -> [String] in
                    switch relation.source {
                    case .named(let path): columns(ofPath: path)
                    case .columns(let inner): depth < 40 ? names(of: inner, depth: depth + 1) : []
                    }
                }
            }
        }
    }

    /// The columns of a table, view or relation of the engine's; none when there is no such thing.
    private mutating func columns(ofPath path: [String]) -> [String] {
        let name = path.joined(separator: ".")
        if let known = columnsByRelation[name] { return known }
        let relation = session.relationName(name, in: catalog)
        var columns = catalog.tables[relation]?.columns.map(\.name)
        if columns == nil {
            // What a view or relation of the engine's gives is known when it is bound.
            let quoted = path.map { RelationName.quoted($0) }.joined(separator: ".")
            if let statement = try? SQLParser.parse("SELECT * FROM \(quoted)").first,
                case .query(let plan)? = try? binder.bind(statement, text: "", parameters: [])
            {
                columns = plan.columns.map(\.name)
            }
        }
        columnsByRelation[name] = columns ?? []
        return columns ?? []
    }

    // MARK: Names

    private mutating func addRelations() {
        add(place.outline.commonTables, .relation)
        let own = catalog.relationNames.filter { session.isOwn($0) }
        let path = Set(session.searchPath(catalog).schemas)
        add(own.filter { path.contains($0.schema) }.map(\.name).sorted(), .relation)
        add(catalog.schemas.sorted(), .object)
        // Those of the engine only when they are begun: they are many and seldom meant.
        if !start.isEmpty {
            let all = session.engine.functions.tables.values.filter { $0.modelInput == .all }
            add((all.map(\.name) + SystemRelation.names).sorted(), .relation)
        }
    }

    private var schemas: [String] {
        catalog.schemas.sorted() + [RelationName.publicSchema]
    }

    private var rowFunctions: [String] {
        let functions = session.engine.functions
        return functions.callableNames.filter {
            functions.sets[$0] != nil
                || functions.tables[$0].map { $0.modelInput != .all } ?? ($0 == "changes")
        }
    }

    private var functions: [String] {
        session.engine.functions.callableNames.filter { $0.first?.isLowercase == true }
    }

    private mutating func addSettings() {
        if place.statementWord == .show {
            add(["alerts", "all", "metrics", "models", "tables"], .setting)
        }
        add(SessionSettings.names, .setting)
    }
}

/// The types that are offered: the names that are shown, and the short ones in wide use.
private enum CompletionTypes {
    static let names: [String] = [
        "bigint", "boolean", "bytea", "date", "double precision", "integer", "interval", "json",
        "jsonb",
        "numeric", "real", "smallint", "text", "time", "timestamp", "timestamptz", "uuid",
        "varchar",
    ]
}
