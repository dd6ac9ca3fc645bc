import DemetraTypes

/// Finds the items of a path in a document.
///
/// Items are handed on one by one as they are found, so that whoever wants one stops the search. In lax mode arrays
/// open themselves before a step that wants something else, single items stand for arrays of one, and what is not
/// there is passed over; in strict mode each of these is an error (22033 to 2203C).
///
/// - Complexity: the calls inside of each other are as many as the path has steps and parentheses, and `.**` as the
///   document has levels; the parsers of both bound them.
struct JSONPathEvaluator {
    /// Takes an item; false to stop.
    typealias Sink = (JSONValue) throws(DemetraError) -> Bool

    /// Where an expression stands.
    struct Place {
        /// `@`
        var current: JSONValue
        /// The number of elements of the array around a subscript: `last` is one less.
        var elementCount = 0
        /// Behind `.**` a strict path passes over what is not there, too.
        var isForgiving: Bool
    }

    let isStrict: Bool
    let root: JSONValue
    let variables: [(key: String, value: JSONValue)]
    let cancellation: CancellationFlag

    /// Adds every item of the path to a list, up to an error.
    func collect(
        _ path: JSONPath, into items: inout [JSONValue]
    ) throws(DemetraError) {
        try find(path.expression, start) { item in
            items.append(item)
            return true
        }
    }

    /// Whether there is an item. A lax path is left at the first.
    func exists(_ path: JSONPath) throws(DemetraError) -> Bool {
        var isFound = false
        try find(path.expression, start) { _ in
            isFound = true
            return isStrict
        }
        return isFound
    }

    private var start: Place { Place(current: root, isForgiving: !isStrict) }

    // MARK: Expressions

    /// Hands on the items of an expression; false when the sink has stopped it.
    @discardableResult
    private func find(
        _ node: JSONPathNode, _ place: Place, _ sink: Sink
    ) throws(DemetraError) -> Bool {
        switch node {
        case .root: return try sink(root)
        case .current: return try sink(place.current)
        case .last: return try sink(.number(String(place.elementCount - 1)))
        case .literal(let value): return try sink(value)
        case .variable(let name):
            guard let found = variables.last(where: { $0.key == name }) else {
                throw DemetraError(
                    .undefinedObject, "could not find jsonpath variable \"\(name)\"",
                    hint: "Give it in the third argument: '{\"\(name)\": ...}'.")
            }
            return try sink(found.value)
        case .steps(let base, let steps):
            return try find(base, place) { (item) throws(DemetraError) in
                try walk(steps[...], item, place, opens: !isStrict, sink)
            }
        case .negation(let operand): return try sign(operand, "-", place, sink) { $0.negated }
        case .plus(let operand): return try sign(operand, "+", place, sink) { $0 }
        case .arithmetic(let operation, let left, let right):
            let a = try number(left, "left", operation, place)
            let b = try number(right, "right", operation, place)
            return try sink(.number(try operation.result(a, b).description))
        default:
            let truth = try JSONPathPredicate(evaluator: self).test(node, place)
            return try sink(truth.map { .boolean($0) } ?? .null)
        }
    }

    /// The items of an expression, in lax mode the elements of those that are arrays.
    func operands(
        _ node: JSONPathNode, _ place: Place, opens: Bool = true
    ) throws(DemetraError) -> [JSONValue] {
        var items: [JSONValue] = []
        try find(node, place) { (item) throws(DemetraError) in
            if opens, !isStrict, case .array(let elements) = item {
                items += elements
            } else {
                items.append(item)
            }
            return true
        }
        return items
    }

    private func sign(
        _ operand: JSONPathNode, _ symbol: String, _ place: Place, _ sink: Sink,
        _ apply: (Decimal) -> Decimal
    ) throws(DemetraError) -> Bool {
        for item in try operands(operand, place) {
            guard let number = item.decimal else {
                throw DemetraError(
                    .sqlJSONNumberNotFound,
                    "operand of unary jsonpath operator \(symbol) is not a numeric value")
            }
            guard try sink(.number(apply(number).description)) else { return false }
        }
        return true
    }

    private func number(
        _ node: JSONPathNode, _ side: String, _ operation: JSONPathOperator, _ place: Place
    ) throws(DemetraError) -> Decimal {
        let items = try operands(node, place)
        if items.count == 1, let number = items[0].decimal { return number }
        throw DemetraError(
            .singletonSQLJSONItemRequired,
            "\(side) operand of jsonpath operator \(operation.rawValue) is not a single numeric value"
        )
    }

    // MARK: Steps

    /// Hands on what the steps lead to from an item; `opens`: an array may be opened for the first of them.
    private func walk(
        _ steps: ArraySlice<JSONPathStep>, _ item: JSONValue, _ place: Place, opens: Bool,
        _ sink: Sink
    ) throws(DemetraError) -> Bool {
        guard let step = steps.first else { return try sink(item) }
        try cancellation.check()
        let rest = steps.dropFirst()
        if opens, case .array(let elements) = item, step.opensArrays {
            for element in elements {
                guard try walk(steps, element, place, opens: false, sink) else { return false }
            }
            return true
        }
        func next(_ item: JSONValue) throws(DemetraError) -> Bool {
            try walk(rest, item, place, opens: !isStrict, sink)
        }
        switch step {
        case .member(let key):
            guard case .object(let members) = item else {
                return try missing(
                    place, .sqlJSONMemberNotFound,
                    "jsonpath member accessor can only be applied to an object")
            }
            if let found = members.last(where: { $0.key == key }) { return try next(found.value) }
            return try missing(
                place, .sqlJSONMemberNotFound, "JSON object does not contain key \"\(key)\"")
        case .anyMember:
            guard case .object(let members) = item else {
                return try missing(
                    place, .sqlJSONObjectNotFound,
                    "jsonpath wildcard member accessor can only be applied to an object")
            }
            for member in members { guard try next(member.value) else { return false } }
            return true
        case .anyElement:
            guard case .array(let elements) = item else {
                if !isStrict { return try next(item) }
                return try missing(
                    place, .sqlJSONArrayNotFound,
                    "jsonpath wildcard array accessor can only be applied to an array")
            }
            for element in elements { guard try next(element) else { return false } }
            return true
        case .elements(let list): return try elements(list, of: item, place, next)
        case .descendants(let first, let last):
            var forgiving = place
            forgiving.isForgiving = true
            return try descendants(item, 0, first, last) { (item) throws(DemetraError) in
                try walk(rest, item, forgiving, opens: !isStrict, sink)
            }
        case .filter(let condition):
            var inner = place
            inner.current = item
            let truth = try JSONPathPredicate(evaluator: self).test(condition, inner)
            return truth == true ? try next(item) : true
        case .method(let method):
            for result in try method.results(item, root: root, isForgiving: place.isForgiving) {
                guard try next(result) else { return false }
            }
            return true
        }
    }

    /// Nothing, or an error where the path is strict.
    private func missing(
        _ place: Place, _ state: SQLState, _ message: String
    ) throws(DemetraError) -> Bool {
        if place.isForgiving { return true }
        throw DemetraError(
            state, message, hint: "A path that begins with lax passes over what is not there.")
    }

    private func elements(
        _ list: [(first: JSONPathNode, last: JSONPathNode?)], of item: JSONValue, _ place: Place,
        _ next: Sink
    ) throws(DemetraError) -> Bool {
        var elements = [item]
        if case .array(let own) = item {
            elements = own
        } else if isStrict {
            return try missing(
                place, .sqlJSONArrayNotFound,
                "jsonpath array accessor can only be applied to an array")
        }
        var inner = place
        inner.elementCount = elements.count
        for part in list {
            let first = try index(part.first, inner)
            let last =
                try part.last.map { (node) throws(DemetraError) in
                    try index(node, inner)
                } ?? first
            if !place.isForgiving, first < 0 || first > last || last >= elements.count {
                throw DemetraError(
                    .invalidSQLJSONSubscript, "jsonpath array subscript is out of bounds")
            }
            let lower = max(0, first)
            guard lower <= min(last, elements.count - 1) else { continue }
            for element in elements[lower...min(last, elements.count - 1)] {
                guard try next(element) else { return false }
            }
        }
        return true
    }

    private func index(_ node: JSONPathNode, _ place: Place) throws(DemetraError) -> Int {
        let items = try operands(node, place, opens: false)
        guard items.count == 1, let number = items[0].decimal else {
            throw DemetraError(
                .invalidSQLJSONSubscript,
                "jsonpath array subscript is not a single numeric value")
        }
        guard let whole = number.truncated(to: 0).int64Value, let index = Int32(exactly: whole)
        else {
            throw DemetraError(
                .invalidSQLJSONSubscript, "jsonpath array subscript is out of integer range")
        }
        return Int(index)
    }

    /// The item and what is below it, on the levels asked for.
    private func descendants(
        _ item: JSONValue, _ level: Int, _ first: Int?, _ last: Int?, _ next: Sink
    ) throws(DemetraError) -> Bool {
        let children: [JSONValue]
        switch item {
        case .array(let elements): children = elements
        case .object(let members): children = members.map(\.value)
        default: children = []
        }
        // Without a number the last level is meant, that of values without parts.
        let isLeaf = first == nil && last == nil && !item.isContainer
        let isWanted = first.map { level >= $0 && level <= last ?? .max } ?? isLeaf
        if isWanted { guard try next(item) else { return false } }
        if let last, level >= last { return true }
        try cancellation.check()
        for child in children {
            guard try descendants(child, level + 1, first, last, next) else { return false }
        }
        return true
    }
}

extension JSONPathStep {
    /// Whether an array in front of it is opened in lax mode.
    fileprivate var opensArrays: Bool {
        switch self {
        case .member, .anyMember, .filter: true
        case .method(let method): method != .type && method != .size
        case .descendants, .elements, .anyElement: false
        }
    }
}

extension JSONPathOperator {
    fileprivate func result(_ a: Decimal, _ b: Decimal) throws(DemetraError) -> Decimal {
        switch self {
        case .add: try a.adding(b)
        case .subtract: try a.subtracting(b)
        case .multiply: try a.multiplied(by: b)
        case .divide: try a.divided(by: b)
        case .remainder: try a.remainder(dividingBy: b)
        }
    }
}

extension JSONValue {
    /// The number that it is, as far as it has no more digits than numbers have here.
    var decimal: Decimal? {
        if case .number(let text) = self { try? Decimal.parse(text) } else { nil }
    }

    /// An array or object.
    var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
