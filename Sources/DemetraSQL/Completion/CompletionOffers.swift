/// A kind of name that may stand at a place of a statement.
package enum CompletionName: Sendable, Hashable {
    /// A table or view.
    case relation
    /// A column, a table it is of, or a metric: what an expression may begin with.
    case column
    /// A column of the table that the statement changes or defines something of.
    case targetColumn
    /// A column that both sides of a join have.
    case sharedColumn
    /// A function of expressions.
    case function
    /// A function that gives rows, in FROM.
    case rowFunction
    case type
    case setting
    case metric, model, alert, schema, sequence
    /// The text of a file's name.
    case file
}

/// What a parse would have taken at the token where a completion is asked for.
///
/// The parser records here what it misses at that token, which is what its error would say: so what is offered is
/// what the grammar allows, and nothing has to be kept in step with it but what its names are names of.
struct CompletionOffers {
    private(set) var keywords: Set<Keyword> = []
    private(set) var names: Set<CompletionName> = []
    /// The rules that are being matched, outermost first.
    private var rules: [SyntaxRule] = []

    /// The parser has come to the cursor, though there may be nothing to offer: an alias is a new name.
    private(set) var isReached = false

    /// What a word may be behind words that make no sense.
    mutating func addFallback() { names = [.column, .function] }

    mutating func enter(_ rule: SyntaxRule) { rules.append(rule) }

    mutating func leave() { _ = rules.popLast() }

    mutating func add(_ keyword: Keyword) {
        isReached = true
        keywords.insert(keyword)
    }

    /// A name was missed, behind this keyword if it is one.
    mutating func addName(behind previous: Keyword?) {
        isReached = true
        if let name = name(behind: previous) { names.insert(name) }
    }

    /// A string was missed.
    mutating func addString() {
        isReached = true
        if rules.last == .copy || rules.last == .backup { names.insert(.file) }
    }

    private func name(behind previous: Keyword?) -> CompletionName? {
        var level = rules.count - 1
        while level >= 0, rules[level] == .qualifiedName { level -= 1 }
        guard level >= 0 else { return nil }
        let isQualified = level < rules.count - 1
        let rule = rules[level]
        switch rule {
        case .functionWord, .functionPath:
            return rules.dropLast(rules.count - level).suffix(3).contains(.tableFunction)
                ? .rowFunction : .function
        case .columnPath, .starItem: return .column
        case .typeBase, .typeWord, .anyTypeWord: return .type
        case .settingName: return .setting
        case .comment, .drop: return Self.dropped[previous ?? .table] ?? .relation
        case .alterMetric: return previous == .metric || previous == .exists ? .metric : nil
        case .retrainModel: return .model
        case .checkAlerts: return .alert
        default: break
        }
        // The name of something new, or of an order of texts.
        if Self.naming.contains(rule) { return nil }
        if isQualified { return .relation }
        // An alias, or the new name in RENAME ... TO.
        if previous == .as || previous == .to || previous == .constraint { return nil }
        if rule == .joinCondition { return .sharedColumn }
        return Self.choosingColumns.contains(rule) ? .targetColumn : nil
    }

    private static let dropped: [Keyword: CompletionName] = [
        .metric: .metric, .model: .model, .alert: .alert, .schema: .schema, .sequence: .sequence,
    ]

    private static let naming: Set<SyntaxRule> = [
        .createTable, .createView, .createSequence, .collateSuffix, .sequenceOption,
    ]

    private static let choosingColumns: Set<SyntaxRule> = [
        .insert, .onConflict, .assignment, .mergeInsert, .copy, .indexColumn, .tableConstraint,
        .metricDimensions, .alterAction, .createModel, .modelPart,
    ]
}
