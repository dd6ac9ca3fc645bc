import DemetraTypes

/// What a sentence may say: the numbers, dates and channels of its evidence.
struct EvidenceFacts {
    private(set) var numbers: Set<Double> = []
    /// Numbers that are percent already.
    private(set) var percentages: Set<Double> = []
    private(set) var dates: Set<String> = []
    /// Channels as sentences show them.
    private(set) var names: [String] = []

    init(_ evidence: JSONValue) {
        collect(evidence, key: "")
        names = Set(names).sorted()
    }

    private mutating func collect(_ value: JSONValue, key: String) {
        switch value {
        case .number(let text):
            guard let number = Double(text), number.isFinite else { return }
            if key.hasSuffix("_pct") { percentages.insert(number) } else { numbers.insert(number) }
        case .string(let text):
            if key == "channel" { names.append(QuotedNames.shown(text)) }
            dates.formUnion(SentenceNumbers(String(text.prefix(10)), language: .english).dates)
        case .array(let elements): for element in elements { collect(element, key: key) }
        case .object(let members):
            // Statements repeat what is here, and hold constants that are no evidence.
            for member in members where member.key != "sql" {
                collect(member.value, key: member.key)
            }
        case .null, .boolean: return
        }
    }

    /// Whether a number is one of these, rounded, or one of them as percent.
    func hold(_ number: SentenceNumbers.Number) -> Bool {
        guard number.isPercent else { return numbers.contains { number.isRounded($0) } }
        return numbers.contains { number.isRounded(100 * $0) }
            || percentages.contains { number.isRounded($0) }
    }
}
