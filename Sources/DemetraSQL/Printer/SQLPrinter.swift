/// Syntax trees to text: what was parsed, written in one form.
///
/// The text parses to the same tree, places apart; that is the law of this folder, checked for random sentences of
/// the grammar and for every statement of the tests. Keywords are in upper case, names are quoted only where they
/// must be, parentheses stand only where the operators need them, and equal trees give equal texts. What the tree
/// does not keep - comments, blanks, `!=` for `<>`, parentheses - is not in the text.
package enum SQLPrinter {
    /// A statement, without a semicolon.
    package static func text(_ statement: Statement) -> String {
        StatementPrinter.text(statement)
    }

    /// A query.
    package static func text(_ query: Query) -> String { QueryPrinter.text(query) }

    /// An expression.
    package static func text(_ expression: Expression) -> String {
        ExpressionPrinter.text(expression)
    }

    /// A name as it must be written: quoted unless it is a plain lower-case word that no rule reads as a keyword.
    package static func text(_ identifier: Identifier) -> String {
        NamePrinter.text(identifier.name)
    }
}
