/// Sequences.
enum SequencePrinter {
    static func text(_ sequence: CreateSequenceStatement) -> String {
        DefinitionPrinter.create(isTemporary: sequence.isTemporary) + "SEQUENCE "
            + DefinitionPrinter.exists(sequence.ifNotExists) + NamePrinter.text(sequence.name)
            + (sequence.options.isEmpty ? "" : " " + text(sequence.options))
    }

    static func text(_ sequence: AlterSequenceStatement) -> String {
        let action =
            switch sequence.action {
            case .rename(let target): "RENAME TO " + NamePrinter.text(target)
            case .setSchema(let schema): "SET SCHEMA " + NamePrinter.text(schema)
            case .options(let options): text(options)
            }
        return "ALTER SEQUENCE " + DefinitionPrinter.ifExists(sequence.ifExists)
            + NamePrinter.text(sequence.name) + " " + action
    }

    /// Options with blanks between them.
    static func text(_ options: [SequenceOption]) -> String {
        options.map { text($0.setting) }.joined(separator: " ")
    }

    private static func text(_ setting: SequenceOption.Setting) -> String {
        switch setting {
        case .type(let type): "AS " + NamePrinter.text(type)
        case .increment(let number): "INCREMENT BY \(number)"
        case .minimum(let number): number.map { "MINVALUE \($0)" } ?? "NO MINVALUE"
        case .maximum(let number): number.map { "MAXVALUE \($0)" } ?? "NO MAXVALUE"
        case .start(let number): "START WITH \(number)"
        case .cache(let number): "CACHE \(number)"
        case .cycle(let isCycling): isCycling ? "CYCLE" : "NO CYCLE"
        case .ownedBy(let owner): "OWNED BY " + NamePrinter.text(owner)
        case .restart(let number): "RESTART" + (number.map { " WITH \($0)" } ?? "")
        }
    }
}
