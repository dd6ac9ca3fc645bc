/// COPY.
enum CopyPrinter {
    static func text(_ copy: CopyStatement) -> String {
        let subject =
            switch copy.subject {
            case .table(let name, let columns):
                NamePrinter.text(name) + NamePrinter.columns(columns)
            case .query(let query): "(\(QueryPrinter.text(query)))"
            }
        let place =
            switch copy.endpoint {
            case .standard: copy.isFrom ? "STDIN" : "STDOUT"
            case .file(let path): NamePrinter.literal(path)
            case .program(let command): "PROGRAM " + NamePrinter.literal(command)
            }
        let options = copy.options.map {
            switch $0.value {
            case .text(let text): NamePrinter.text($0.name) + " " + NamePrinter.literal(text)
            case .columns(let columns): NamePrinter.text($0.name) + NamePrinter.columns(columns)
            }
        }
        return "COPY \(subject) " + (copy.isFrom ? "FROM " : "TO ") + place
            + (options.isEmpty ? "" : " WITH (\(options.joined(separator: ", ")))")
    }
}
