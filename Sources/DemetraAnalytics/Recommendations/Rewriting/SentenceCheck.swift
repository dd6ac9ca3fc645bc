import DemetraTypes

/// Whether a sentence of a language model says what the sentence of the rules says, and nothing else.
///
/// It must keep each number and each name, names in their order, so that nothing is turned around or left without its
/// interval. It must not bring a number that its evidence does not hold, a number in words, another channel, a promise,
/// or another language. What is in doubt is refused: the sentence of the rules is there.
struct SentenceCheck {
    private let item: RewritingItem
    private let language: RecommendationLanguage
    private let facts: EvidenceFacts
    /// Words of channels that the sentence is not about, by which they are noticed.
    private let foreign: Set<String>
    private let mask: NameMask
    private let numbers: [SentenceNumbers]
    private let words: Set<String>

    init(_ item: RewritingItem, language: RecommendationLanguage, channels: Set<String>) {
        self.item = item
        self.language = language
        facts = EvidenceFacts(item.tree)
        mask = NameMask(item.template, names: facts.names)
        numbers = mask.pieces.map { SentenceNumbers($0, language: language) }
        words = Set(SentenceWords(numbers.map(\.rest)).words.map(\.plain))
        let own = Set(facts.names)
        let known = words
        foreign = Set(
            channels.lazy.map { QuotedNames.shown($0) }.filter { !own.contains($0) }.map {
                SentenceWords.plain($0)
            }.filter { !known.contains($0) })
    }

    /// Why the rules' sentence stands, as the end of "because it ..."; nil when the text may replace it.
    func refusal(of text: String) -> String? {
        if let reason = Self.refusalOfForm(text, template: item.template) { return reason }
        let mask = NameMask(text, names: facts.names)
        guard Self.order(mask.found) == Self.order(self.mask.found) else {
            return "does not keep the channels and their order"
        }
        let numbers = mask.pieces.map { SentenceNumbers($0, language: language) }
        if let reason = refusalOfNumbers(numbers) { return reason }
        let words = SentenceWords(numbers.map(\.rest))
        if words.hasOddMarks { return "holds marks that no sentence needs" }
        return refusalOfWords(words.words)
    }

    // MARK: Form

    /// Length, and characters that nobody sees or that are digits of another script.
    private static func refusalOfForm(_ text: String, template: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= 8_192, text.count <= 2 * template.count + 120 else {
            return "is empty or too long"
        }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator,
                .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
                return "holds characters that cannot be seen"
            default: break
            }
            if !scalar.isASCII, scalar.properties.numericType != nil {
                return "holds digits of another script"
            }
        }
        return nil
    }

    /// The names in the order in which they come first.
    private static func order(_ found: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return found.filter { seen.insert($0).inserted }
    }

    // MARK: Numbers

    private func refusalOfNumbers(_ found: [SentenceNumbers]) -> String? {
        guard !found.contains(where: \.hasOddDigits) else { return "has digits that are no number" }
        let given = found.flatMap(\.numbers)
        let kept = numbers.flatMap(\.numbers)
        for number in given where !kept.contains(where: number.says) && !facts.hold(number) {
            return "has a number that is not in the evidence"
        }
        let dates = Set(found.flatMap(\.dates))
        let keptDates = Set(numbers.flatMap(\.dates))
        guard dates.isSubset(of: facts.dates.union(keptDates)) else {
            return "has a date that is not in the evidence"
        }
        guard keptDates.isSubset(of: dates),
            kept.allSatisfy({ number in given.contains(where: number.says) })
        else { return "leaves out a number" }
        return nil
    }

    // MARK: Words

    private func refusalOfWords(_ found: [SentenceWords.Word]) -> String? {
        for (index, word) in found.enumerated() where !isKept(word.plain) {
            let plain = word.plain
            if WordLists.promises(plain, language) { return "promises something" }
            if plain == "going", index + 1 < found.count, found[index + 1].plain == "to" {
                return "promises something"
            }
            if WordLists.counts(plain, language) { return "has a number in words" }
            if WordLists.abbreviations.contains(plain) { continue }
            let hasCapital = word.text.dropFirst(word.beginsSentence ? 1 : 0).contains(
                where: \.isUppercase)
            let isName =
                plain.split(separator: "-").contains { WordLists.platforms.contains(String($0)) }
                || foreign.contains(plain) || hasCapital
            if isName { return "names something that is not in the evidence" }
            if !isOfLanguage(word) { return "is in another language" }
        }
        return hasForeignName(found)
            ? "names something that is not in the evidence"
            : isOfLanguage(found) ? nil : "is in another language"
    }

    /// Whether the sentence of the rules has the word, in the singular or the plural.
    private func isKept(_ word: String) -> Bool {
        words.contains(word) || words.contains(word + "s")
    }

    /// Channels of several words.
    private func hasForeignName(_ found: [SentenceWords.Word]) -> Bool {
        let plain = found.map(\.plain)
        for start in plain.indices {
            var name = plain[start]
            for next in plain[(start + 1)...].prefix(5) {
                name += " " + next
                if foreign.contains(name) { return true }
            }
        }
        return false
    }

    private static func isCyrillic(_ character: Character) -> Bool {
        character >= "А" && character <= "я" || character == "ё" || character == "Ё"
    }

    /// Letters of the language alone; no word mixes two scripts to look like another.
    private func isOfLanguage(_ word: SentenceWords.Word) -> Bool {
        word.text.allSatisfy { character in
            guard character.isLetter else { return true }
            return language == .english ? character.isASCII : Self.isCyrillic(character)
        }
    }

    private func isOfLanguage(_ found: [SentenceWords.Word]) -> Bool {
        let plain = found.map(\.plain)
        switch language {
        case .english: return plain.count { WordLists.english.contains($0) } * 12 >= plain.count
        case .russian: return plain.count { $0.contains(where: Self.isCyrillic) } * 2 > plain.count
        }
    }
}
