/// The words of a sentence whose names and numbers were taken out.
struct SentenceWords {
    /// A word, and whether a capital letter at its beginning says nothing.
    struct Word: Hashable {
        let text: String
        let beginsSentence: Bool

        /// For comparisons: lower case, with `е` for `ё`, and one kind of apostrophe.
        var plain: String { SentenceWords.plain(text) }
    }

    private(set) var words: [Word] = []
    /// What is neither a letter, nor a blank, nor a mark that sentences need.
    private(set) var hasOddMarks = false

    private static let marks = Set<Character>(".,;:!?()-–—−/→…~≈+&'’ \u{a0}\u{202f}")
    private static let apostrophes: Set<Character> = ["'", "’"]

    /// - Parameter pieces: the parts of the sentence between names.
    init(_ pieces: [String]) {
        var isStart = true
        for (number, piece) in pieces.enumerated() {
            if number > 0 { isStart = false }
            add(Array(piece), &isStart)
        }
    }

    static func plain(_ word: String) -> String {
        word.lowercased().replacing("ё", with: "е").replacing("’", with: "'")
    }

    private mutating func add(_ characters: [Character], _ isStart: inout Bool) {
        func isLetter(_ index: Int) -> Bool {
            characters.indices.contains(index) && characters[index].isLetter
        }
        var word = ""
        for (index, character) in characters.enumerated() {
            let isWithin = isLetter(index - 1) && isLetter(index + 1)
            if character.isLetter
                || isWithin && (character == "-" || Self.apostrophes.contains(character))
            {
                word.append(character)
                continue
            }
            take(&word, &isStart)
            // Quotes hold names alone, addresses have dots within and slashes in pairs.
            let isOdd =
                !Self.marks.contains(character) || Self.apostrophes.contains(character)
                || character == "." && isWithin
                || character == "/" && index > 0 && characters[index - 1] == "/"
            if isOdd { hasOddMarks = true }
            if ".!?:;…".contains(character) { isStart = true }
        }
        take(&word, &isStart)
    }

    private mutating func take(_ word: inout String, _ isStart: inout Bool) {
        guard !word.isEmpty else { return }
        words.append(Word(text: word, beginsSentence: isStart))
        isStart = false
        word = ""
    }
}
