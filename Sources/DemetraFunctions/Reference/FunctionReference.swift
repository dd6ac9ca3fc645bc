/// The reference of the functions built in: a chapter for each of its files, in reading order.
///
/// Who adds a function writes an entry beside those of its kind, with words of his own and an example whose
/// answer is PostgreSQL's where it has the function. A test misses entries, another runs every example.
enum FunctionReference {
    static let sections: [FunctionSection] =
        [
            OperatorReference.section, MathReference.section, StringReference.section,
            PatternReference.section, FormattingReference.section, TimeReference.section,
            ChoiceReference.section, ArrayReference.section, JSONReference.section,
            BinaryReference.section, AggregateReference.section, StatisticsReference.section,
            WindowReference.section, SetReference.section, SeriesReference.section,
            SessionReference.section,
        ] + CatalogReference.sections
}
