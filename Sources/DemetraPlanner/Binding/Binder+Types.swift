import DemetraFunctions
import DemetraTypes

// Casts that expressions need to meet.

extension Binder {
    /// When a cast may happen.
    enum CastContext { case implicit, assignment, explicit }

    /// The expression as a value of `type`.
    ///
    /// A literal without a type is read at once, so its error has its place.
    ///
    /// - Throws: 42804 or 42846 when there is no such cast, 22P02 for a literal that does not read.
    func coerce(
        _ expression: BoundExpression, to type: LogicalType, _ context: CastContext = .implicit,
        what: String = "expression"
    ) throws(DemetraError) -> BoundExpression {
        if expression.type == type { return expression }
        if let decided = try decided(expression, as: type) {
            return try coerce(decided, to: type, context, what: what)
        }
        if case .literal(let value) = expression.node {
            if value.isNull {
                return BoundExpression(.literal(.null), type: type, range: expression.range)
            }
            if case .array(.varchar(.some)) = type, expression.type == .unknown,
                context != .assignment
            {
                // As with a single text: an explicit cast cuts, what is only compared keeps its length.
                let whole = try coerce(expression, to: .array(.varchar(limit: nil)))
                guard context == .explicit else { return whole.retyped(type) }
                return BoundExpression(
                    .cast(whole, isExplicit: true), type: type, range: expression.range)
            }
            if expression.type == .unknown, case .text(let text) = value,
                !needsSession(type, text), !refersToObjects(type)
            {
                do throws(DemetraError) {
                    if case .varchar(let limit?) = type, text.unicodeScalars.count > limit,
                        context != .assignment
                    {
                        // An explicit cast cuts; what is only compared keeps its length.
                        let kept = text.unicodeScalars.prefix(context == .explicit ? limit : .max)
                        let cut = String(String.UnicodeScalarView(kept))
                        return BoundExpression(
                            .literal(.text(cut)), type: type, range: expression.range)
                    }
                    let parsed = try ValueText.parse(text, as: type)
                    return BoundExpression(.literal(parsed), type: type, range: expression.range)
                } catch {
                    throw error.at(expression.range)
                }
            }
        }
        let isAllowed =
            switch context {
            case .implicit: TypeCoercion.isImplicit(expression.type, type)
            case .assignment: TypeCoercion.isAssignable(expression.type, type)
            case .explicit: TypeCoercion.isCastable(expression.type, type)
            }
        guard isAllowed else {
            if context == .explicit {
                throw DemetraError(
                    .cannotCoerce, "cannot cast type \(expression.type) to \(type)"
                ).at(expression.range)
            }
            throw DemetraError(
                .datatypeMismatch,
                "\(what) is of type \(type) but expression is of type "
                    + "\(expression.type)", hint: "You will need to rewrite or cast the expression."
            ).at(expression.range)
        }
        if let cast = try referenceCast(expression, to: type) { return cast }
        if case .literal(let value) = expression.node,
            let exact = LiteralCast.exact(value, from: expression.type, to: type)
        {
            return BoundExpression(.literal(exact), type: type, range: expression.range)
        }
        return BoundExpression(
            .cast(expression, isExplicit: context == .explicit), type: type, range: expression.range
        )
    }

    /// A cast to or from references, whose names and numbers the catalog knows; nil for any other.
    ///
    /// What a literal refers to is found at once, so the error has its place.
    private func referenceCast(
        _ expression: BoundExpression, to type: LogicalType
    ) throws(DemetraError) -> BoundExpression? {
        let source: LogicalType = expression.type == .unknown ? .text : expression.type
        guard refersToObjects(type) || refersToObjects(source),
            let function = ReferenceCast.function(from: source, to: type)
        else { return nil }
        let call = BoundExpression(
            .call(function, [expression.retyped(source)]), type: type, range: expression.range)
        guard case .literal = expression.node, let folder else { return call }
        do throws(DemetraError) {
            let value = try folder.value(of: call)
            return BoundExpression(.literal(value), type: type, range: expression.range)
        } catch {
            throw error.at(expression.range)
        }
    }

    /// References to objects, or lists of them.
    private func refersToObjects(_ type: LogicalType) -> Bool {
        (type.arrayElement ?? type).isReference
    }

    /// Types whose text depends on the session's time zone or the current time.
    private func needsSession(_ type: LogicalType, _ text: String) -> Bool {
        switch type.arrayElement ?? type {
        case .timestamptz: true
        case .date, .time, .timestamp: ValueText.mayBeRelative(text)
        default: false
        }
    }

    /// Expressions cast to their common type.
    ///
    /// - Throws: 42804 naming the two types that do not meet.
    func unify(
        _ expressions: [BoundExpression], what: String
    ) throws(DemetraError) -> ([BoundExpression], LogicalType) {
        let types = expressions.map(\.type)
        guard let type = TypeCoercion.common(types) else {
            let known = types.filter { $0 != .unknown }
            let other = known.first { TypeCoercion.common([known[0], $0]) == nil } ?? known[0]
            throw DemetraError(
                .datatypeMismatch, "\(what) types \(known[0]) and \(other) cannot be matched"
            ).at(expressions.last?.range ?? .none)
        }
        var result: [BoundExpression] = []
        for expression in expressions { result.append(try coerce(expression, to: type)) }
        return (result, type)
    }

    /// A condition.
    ///
    /// - Throws: 42804 when it is not boolean.
    func condition(
        _ expression: BoundExpression, _ clause: String
    ) throws(DemetraError) -> BoundExpression {
        if expression.type == .boolean { return expression }
        if expression.type == .unknown { return try coerce(expression, to: .boolean) }
        throw DemetraError(
            .datatypeMismatch,
            "argument of \(clause) must be type boolean, not type \(expression.type)"
        ).at(expression.range)
    }
}
