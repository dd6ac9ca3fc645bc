/// What the reference says of a function: words and an example that the tests run.
///
/// Arguments and results are not written here: they are those of the registry. Only a call or operator with a
/// syntax of its own, which the registry does not know, brings its `forms`.
// Immutable after init.
package struct FunctionEntry: Sendable {
    /// The name, then others for the same thing.
    package let names: [String]
    /// What it does, in a sentence or two; units, NULL and errors where they are not obvious.
    package let summary: String
    /// Statements; the answer is that of the last.
    package let example: String
    /// The rows of the answer, a line each, with ` | ` between values and NULL for NULL.
    package let answer: String
    /// How it is written, where it has a syntax of its own: its first name, and others that no function has.
    package let forms: [CallForm]
    /// Functions of the registry that nobody calls by these names; with forms they are all that is shown.
    package let implementation: [String]

    /// Makes an entry.
    package init(
        _ name: String, also aliases: [String] = [], forms: [CallForm] = [],
        implementation: [String] = [], _ summary: String, example: String, answer: String
    ) {
        names = [name] + aliases
        self.summary = summary
        self.example = example
        self.answer = answer
        self.forms = forms
        self.implementation = implementation
    }

    /// Whether the forms are ways to write this one of its names.
    func hasForms(_ name: String, isRegistered: Bool) -> Bool {
        !forms.isEmpty && (name == names[0] || !implementation.isEmpty || !isRegistered)
    }
}

/// One way to write a call or an operator: its operands and what it gives.
package struct CallForm: Sendable, Hashable {
    /// What stands between the parentheses of a call; the whole for an operator.
    package let arguments: String
    /// The type of the result.
    package let result: String

    /// Makes a form.
    package init(_ arguments: String, gives result: String) {
        self.arguments = arguments
        self.result = result
    }
}

/// Functions that belong together: a chapter of the reference.
// Immutable after init.
package struct FunctionSection: Sendable {
    /// What its entries are.
    package enum Content: Sendable { case functions, operators }

    /// The title, which is the category of its functions.
    package let title: String
    /// What holds for all of them; may be empty.
    package let introduction: String
    /// What its entries are.
    package let content: Content
    /// The entries in reading order.
    package let entries: [FunctionEntry]

    /// Makes a section.
    package init(
        _ title: String, _ introduction: String = "", content: Content = .functions,
        _ entries: [FunctionEntry]
    ) {
        self.title = title
        self.introduction = introduction
        self.content = content
        self.entries = entries
    }
}
