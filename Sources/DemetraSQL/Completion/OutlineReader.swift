/// Finds the relations of a statement in its tokens.
struct OutlineReader {
    typealias Relation = StatementOutline.Relation
    typealias Column = StatementOutline.Column

    /// Queries inside queries beyond this are not looked into.
    private static let deepest = 40

    private let tokens: [Token]
    private let text: TokenText
    /// The token before which the cursor stands.
    private let cursor: Int
    /// The closing parenthesis of each opening one; behind the last token where it is missing.
    private var closing: [Int: Int] = [:]
    /// The opening parenthesis of each closing one.
    private var opening: [Int: Int] = [:]
    /// The opening parentheses around the cursor, outermost first.
    private var around: [Int] = []
    private var depth = 0
    /// The columns of the queries that WITH names.
    private(set) var commonTables: [String: [Column]] = [:]
    /// The relations of the statement itself, outside of all parentheses.
    private(set) var statementRelations: [Relation] = []

    init(tokens: [Token], bytes: [UInt8], cursor: Int) {
        self.tokens = tokens
        self.cursor = cursor
        text = TokenText(bytes: bytes)
        var open: [Int] = []
        for index in tokens.indices {
            if index == cursor { around = open }
            if isSymbol(index, "(") { open.append(index) }
            if isSymbol(index, ")"), let start = open.popLast() {
                closing[start] = index
                opening[index] = start
            }
        }
        if cursor >= tokens.count { around = open }
    }

    // MARK: Tokens

    private func isSymbol(_ index: Int, _ symbol: String) -> Bool {
        guard tokens.indices.contains(index), tokens[index].kind == .symbol else { return false }
        let token = tokens[index]
        return text.bytes[token.start..<token.end].elementsEqual(symbol.utf8)
    }

    private func keyword(_ index: Int) -> Keyword? {
        tokens.indices.contains(index) ? tokens[index].keyword : nil
    }

    private func name(_ index: Int) -> String? {
        guard tokens.indices.contains(index), tokens[index].isName else { return nil }
        if let keyword = tokens[index].keyword, keyword.keywordClass == .reserved { return nil }
        return text.name(tokens[index])
    }

    /// The token behind the one at `index`, or behind its closing parenthesis.
    private func next(_ index: Int) -> Int {
        isSymbol(index, "(") ? (closing[index] ?? tokens.count) + 1 : index + 1
    }

    private func isQuery(_ range: Range<Int>) -> Bool {
        switch keyword(range.lowerBound) {
        case .select, .with, .values, .table: !range.isEmpty
        default: false
        }
    }

    // MARK: Around the cursor

    /// The relations of the query at the cursor, then of those around it.
    mutating func relationsAtCursor() -> [Relation] {
        let whole = 0..<tokens.count
        readCommonTables(whole)
        var regions = [whole]
        for open in around {
            let region = (open + 1)..<max(open + 1, closing[open] ?? tokens.count)
            if isQuery(region) { readCommonTables(region) }
            regions.append(region)
        }
        statementRelations = relations(in: whole)
        var found: [Relation] = []
        for (level, region) in regions.enumerated().reversed() {
            if level == 0 {
                found += relations(in: part(of: whole, around: cursor))
            } else if isQuery(region) {
                found += relations(in: part(of: region, around: cursor))
                // A query of its own: what stands around it is not seen from inside.
                if isBySelf(around[level - 1], in: regions[level - 1]) { return found }
            }
        }
        return found
    }

    /// A subquery of FROM or of WITH, which sees nothing of what stands around it.
    private func isBySelf(_ open: Int, in region: Range<Int>) -> Bool {
        switch keyword(open - 1) {
        case .from, .join, .as, .materialized: return true
        default: break
        }
        guard isSymbol(open - 1, ",") else { return false }
        var isInFrom = false
        var index = region.lowerBound
        while index < open {
            switch keyword(index) {
            case .from: isInFrom = true
            case .select, .where, .group, .having, .order, .values, .set, .returning:
                isInFrom = false
            default: break
            }
            index = next(index)
        }
        return isInFrom
    }

    /// The query of a union that the token belongs to.
    private func part(of region: Range<Int>, around position: Int) -> Range<Int> {
        var (lower, upper) = (region.lowerBound, region.upperBound)
        var index = lower
        while index < region.upperBound {
            switch keyword(index) {
            case .union, .except, .intersect:
                if index < position { lower = index + 1 } else { upper = min(upper, index) }
            default: break
            }
            index = next(index)
        }
        return lower..<max(lower, upper)
    }

    private mutating func readCommonTables(_ region: Range<Int>) {
        var index = region.lowerBound
        while index < region.upperBound {
            guard keyword(index) == .with else {
                index = next(index)
                continue
            }
            index += keyword(index + 1) == .recursive ? 2 : 1
            while let table = name(index) {
                index += 1
                var names: [String]?
                if isSymbol(index, "(") {
                    names = self.names(in: index)
                    index = next(index)
                }
                while [.as, .not, .materialized].contains(keyword(index)) { index += 1 }
                guard isSymbol(index, "(") else { break }
                let body = (index + 1)..<max(index + 1, closing[index] ?? tokens.count)
                commonTables[table] = names.map { $0.map { .name($0) } } ?? outputs(of: body)
                index = next(index)
                guard isSymbol(index, ",") else { break }
                index += 1
            }
        }
    }

    /// The names between parentheses.
    private func names(in open: Int) -> [String] {
        ((open + 1)..<max(open + 1, closing[open] ?? tokens.count)).compactMap { name($0) }
    }

    // MARK: FROM

    private mutating func relations(in region: Range<Int>, isList: Bool = false) -> [Relation] {
        guard depth < Self.deepest else { return [] }
        depth += 1
        defer { depth -= 1 }
        var found: [Relation] = []
        var isInFrom = isList
        var index = region.lowerBound
        if isList { index = item(index, &found) }
        while index < region.upperBound {
            let here = index
            index = next(index)
            switch keyword(here) {
            case .from:
                // IS DISTINCT FROM compares.
                if here > 0, keyword(here - 1) == .distinct { continue }
                isInFrom = true
                index = item(index, &found)
            case .join, .into: index = item(index, &found)
            case .using where !isSymbol(index, "("):
                isInFrom = true
                index = item(index, &found)
            case .update where keyword(index) != .set, .copy where here == region.lowerBound,
                .truncate where here == region.lowerBound:
                index = item(index, &found)
            case .table where keyword(index) != .as: index = item(index, &found)
            case .on where isDefinition(region): index = item(index, &found)
            case .where, .group, .having, .order, .limit, .window, .qualify, .set, .returning,
                .latest:
                isInFrom = false
            default: if isInFrom, isSymbol(here, ",") { index = item(index, &found) }
            }
        }
        return found
    }

    /// CREATE INDEX, CREATE METRIC and COMMENT name their table behind ON.
    private func isDefinition(_ region: Range<Int>) -> Bool {
        guard region.lowerBound == 0 else { return false }
        switch keyword(0) {
        case .comment: return true
        case .create: return (1...3).contains { [.index, .metric].contains(keyword($0)) }
        default: return false
        }
    }

    /// Takes in one relation of a list and gives the index behind it.
    private mutating func item(_ start: Int, _ found: inout [Relation]) -> Int {
        var index = start
        while [.lateral, .only, .if, .not, .exists, .table, .column].contains(keyword(index)) {
            index += 1
        }
        if isSymbol(index, "(") {
            let inside = (index + 1)..<max(index + 1, closing[index] ?? tokens.count)
            guard isQuery(inside) else {
                found += relations(in: inside, isList: true)
                return next(index)
            }
            let columns = outputs(of: inside)
            let count = found.count
            let end = alias(next(index), nil, .columns(columns), start, &found)
            // The query that the cursor stands in is no relation of its own.
            if inside.lowerBound <= cursor, cursor <= inside.upperBound {
                found.removeSubrange(count...)
            }
            return end
        }
        guard index != cursor || index > start || !isSymbol(index, "."), let first = name(index)
        else { return index }
        var path = [first]
        index += 1
        while isSymbol(index, "."), let part = name(index + 1) {
            path.append(part)
            index += 2
        }
        if isSymbol(index, "("), keyword(start - 1) != .into, keyword(start - 1) != .on,
            keyword(0) != .copy
        {
            index = next(index)
            if keyword(index) == .with, keyword(index + 1) == .ordinality { index += 2 }
            return alias(index, first, .columns([]), start, &found)
        }
        let source: StatementOutline.Source =
            path.count == 1
            ? commonTables[first].map { .columns($0) } ?? .named(path) : .named(path)
        return alias(index, path.last, source, start, &found)
    }

    /// Takes in what a relation is called by and adds it.
    private func alias(
        _ start: Int, _ ownName: String?, _ source: StatementOutline.Source, _ position: Int,
        _ found: inout [Relation]
    ) -> Int {
        var index = start
        var given: String?
        if keyword(index) == .as, keyword(index + 1) != .of {
            given = tokens.indices.contains(index + 1) ? name(index + 1) : nil
            index += given == nil ? 1 : 2
        } else if let word = name(index), isAlias(index) {
            given = word
            index += 1
        }
        var source = source
        if given != nil, isSymbol(index, "(") {
            source = .columns(names(in: index).map { .name($0) })
            index = next(index)
        } else if case .columns(let columns) = source, columns.isEmpty, let name = given ?? ownName
        {
            // A function has a column of its name.
            source = .columns([.name(name)])
        }
        if let name = given ?? ownName {
            found.append(
                Relation(name: name, source: source, isBehindCursor: position >= cursor))
        }
        return index
    }

    private func isAlias(_ index: Int) -> Bool {
        guard let keyword = keyword(index) else { return true }
        switch keyword {
        case .set, .latest, .values, .on, .using, .rename, .add, .drop, .alter, .target, .id, .time,
            .severity, .type, .message, .action:
            return false
        default: return keyword.keywordClass == .unreserved
        }
    }

    // MARK: SELECT

    /// The columns that a query gives, as far as they have names.
    private mutating func outputs(of region: Range<Int>) -> [Column] {
        guard depth < Self.deepest else { return [] }
        depth += 1
        defer { depth -= 1 }
        readCommonTables(region)
        var index = region.lowerBound
        while index < region.upperBound {
            switch keyword(index) {
            case .select:
                let first = part(of: region, around: index)
                return items(from: index + 1, to: first.upperBound, relations(in: first))
            case .values where isSymbol(index + 1, "("):
                let row = (index + 2)..<max(index + 2, closing[index + 1] ?? tokens.count)
                let count = split(row).count
                return (0..<count).map { .name("column\($0 + 1)") }
            case .table: return [.all(of: relations(in: region))]
            default: index = next(index)
            }
        }
        return []
    }

    /// The parts between commas.
    private func split(_ region: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = region.lowerBound
        var index = start
        while index < region.upperBound {
            if isSymbol(index, ",") {
                parts.append(start..<index)
                start = index + 1
            }
            index = next(index)
        }
        return start < region.upperBound ? parts + [start..<region.upperBound] : parts
    }

    private func items(from start: Int, to end: Int, _ relations: [Relation]) -> [Column] {
        var lower = start
        if keyword(lower) == .distinct || keyword(lower) == .all { lower += 1 }
        if keyword(lower) == .on, isSymbol(lower + 1, "(") { lower = next(lower + 1) }
        var upper = lower
        while upper < end, ![.from, .where, .order, .limit, .group].contains(keyword(upper)) {
            upper = next(upper)
        }
        return split(lower..<max(lower, min(upper, end))).compactMap { column($0, relations) }
    }

    private func column(_ item: Range<Int>, _ relations: [Relation]) -> Column? {
        guard let last = item.last else { return nil }
        if isSymbol(last, "*"), item.count == 1 { return .all(of: relations) }
        if isSymbol(last, "*"), isSymbol(last - 1, "."), let table = name(last - 2) {
            return .all(of: relations.filter { $0.name == table })
        }
        if item.count > 1, keyword(last - 1) == .as {
            return .name(text.name(tokens[last]))
        }
        if let cast = item.last(where: { isSymbol($0, "::") }) {
            return column(item.lowerBound..<cast, relations)
        }
        if isSymbol(last, ")"), let open = opening[last], open > item.lowerBound,
            tokens[open - 1].isName
        {
            return .name(text.name(tokens[open - 1]))
        }
        guard let name = name(last) else { return nil }
        if item.count == 1 || isSymbol(last - 1, ".") { return .name(name) }
        // An alias without AS stands behind an operand.
        let isBehindOperand = isSymbol(last - 1, ")") || tokens[last - 1].kind != .symbol
        return isBehindOperand ? .name(name) : nil
    }
}
