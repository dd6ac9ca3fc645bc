import DemetraEngine

/// What a word of a text that is being written may become.
///
/// ```swift
/// let text = "SELECT ca FROM campaigns"
/// let found = connection.completions(of: text, at: 9)    // campaign_id, campaign_name, cardinality, case, ...
/// ```
public struct Completions: Sendable, Hashable {
    /// A candidate.
    public struct Item: Sendable, Hashable {
        /// What a candidate is.
        public enum Kind: String, Sendable, CaseIterable {
            /// A column of a relation of the statement.
            case column
            /// A table, a view, or what the statement calls one.
            case relation
            /// A metric.
            case metric
            /// A model, an alert, a schema or a sequence.
            case object
            /// A function.
            case function
            /// A setting of SET and SHOW.
            case setting
            /// A type.
            case type
            /// A word of the language.
            case keyword
        }

        /// The text that takes the place of the word, in quotes where a name needs them.
        public let text: String
        /// What it is.
        public let kind: Kind

        /// Makes a candidate.
        package init(text: String, kind: Kind) {
            self.text = text
            self.kind = kind
        }
    }

    /// The bytes of the text that a candidate takes the place of.
    public let range: Range<Int>
    /// The candidates, best first: what belongs to the data comes before the language.
    public let items: [Item]
    /// Where the name of a file belongs, what of it is there already; nil elsewhere. Which files there are is
    /// for the front end to know.
    public let filePrefix: String?

    /// Makes a list.
    package init(range: Range<Int>, items: [Item], filePrefix: String?) {
        self.range = range
        self.items = items
        self.filePrefix = filePrefix
    }

    init(_ list: CompletionList) {
        range = Int(list.range.lower)..<Int(list.range.upper)
        filePrefix = list.filePrefix
        items = list.items.map { item in
            Item(text: item.text, kind: Item.Kind(rawValue: item.kind.rawValue) ?? .keyword)
        }
    }
}
