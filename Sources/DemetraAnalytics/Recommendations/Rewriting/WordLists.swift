/// Words that a sentence must not bring along.
enum WordLists {
    // MARK: Promises

    private static let englishPromises: Set<String> = [
        "will", "won't", "shall", "certain", "certainly", "definitely", "definite", "surely",
        "sure",
        "undoubtedly", "doubtless", "inevitably", "always", "never", "gonna", "proven", "risk-free",
    ]
    private static let englishPromiseStems = ["guarant", "promis", "assur", "ensur"]
    private static let russianPromises: Set<String> = [
        "точно", "всегда", "никогда", "даст", "дадут",
    ]
    // Verbs of the future, which Russian makes without `будет`.
    private static let russianPromiseStems = [
        "гарант", "обеща", "обещ", "будет", "будут", "будем", "будете", "несомненн", "безусловн",
        "обязательно", "непременно", "наверняка", "неизбежн", "стопроцентн", "вырастет", "вырастут",
        "возрастет", "возрастут", "увеличит", "увеличат", "принесет", "принесут", "повысит",
        "повысят",
        "улучшит", "улучшат", "сократит", "сократят", "снизит", "снизят", "обеспечит", "обеспечат",
        "позволит", "позволят", "окупит", "вернет", "вернут", "поднимет", "поднимут", "станет",
        "станут", "сможете", "получите", "заработа", "удвоит", "утроит", "достигнет", "достигнут",
    ]

    /// Whether a word says that something is going to happen.
    static func promises(_ word: String, _ language: RecommendationLanguage) -> Bool {
        switch language {
        case .english:
            englishPromises.contains(word) || word.hasSuffix("'ll")
                || englishPromiseStems.contains { word.hasPrefix($0) }
        case .russian:
            russianPromises.contains(word) || russianPromiseStems.contains { word.hasPrefix($0) }
        }
    }

    // MARK: Numbers in words

    private static let englishNumbers: Set<String> = [
        "zero", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "half",
        "halve",
        "halves", "halved", "twice", "thrice", "third", "thirds", "quarter", "quarters", "percent",
        "cent",
    ]
    private static let englishNumberStems = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "doubl", "tripl",
        "quadrupl",
    ]
    private static let russianNumbers: Set<String> = [
        "ноль", "два", "две", "двух", "двум", "двумя", "три", "трех", "трем", "тремя", "пять",
        "пяти",
        "пятью", "шесть", "шести", "семь", "семи", "восемь", "восьми", "девять", "девяти", "десять",
        "десяти", "сто", "ста", "треть", "трети", "четверть", "четверти",
    ]
    private static let russianNumberStems = [
        "четыр", "двадцат", "тридцат", "сорок", "пятьдес", "шестьдес", "семьдес", "восемьдес",
        "девянос", "двест", "двухс", "трист", "трехс", "пятьс", "шестьс", "семьс", "восемьс",
        "девятьс", "тысяч", "миллион", "миллиард", "вдвое", "втрое", "вчетверо", "впятеро",
        "вдесятеро", "удво", "утрои", "двойн", "тройн", "половин", "полтор", "дважды", "трижды",
        "дюжин", "процентов",
    ]

    /// Whether a word is a number or a multiple.
    static func counts(_ word: String, _ language: RecommendationLanguage) -> Bool {
        switch language {
        case .english:
            word.split(separator: "-").contains { englishNumbers.contains(String($0)) }
                || word.hasSuffix("fold") || englishNumberStems.contains { word.hasPrefix($0) }
        case .russian:
            russianNumbers.contains(word) || word.contains("надцат") || word.contains("кратн")
                || russianNumberStems.contains { word.hasPrefix($0) }
        }
    }

    // MARK: Names

    /// Places of advertising that models know by heart: one that is not in the evidence was made up.
    static let platforms: Set<String> = [
        "adsense", "adwords", "amazon", "apple", "baidu", "bing", "criteo", "facebook", "google",
        "instagram", "kakao", "linkedin", "meta", "microsoft", "outbrain", "pinterest", "quora",
        "reddit", "snapchat", "spotify", "taboola", "telegram", "tiktok", "twitch", "twitter", "vk",
        "wechat", "whatsapp", "yahoo", "yandex", "youtube", "авито", "вайлдберриз", "вконтакте",
        "гугл", "дзен", "инстаграм", "озон", "одноклассники", "телеграм", "тикток", "фейсбук",
        "ютуб", "яндекс",
    ]

    /// Words in capitals that name no channel.
    static let abbreviations: Set<String> = [
        "roi", "roas", "ctr", "cpc", "cpm", "cpa", "cvr", "kpi", "i",
    ]

    /// Words without which an English sentence of some length does not do.
    static let english: Set<String> = [
        "the", "of", "to", "and", "is", "are", "was", "were", "from", "for", "with", "that", "this",
        "by", "at", "on", "in", "an", "as", "than", "it", "its", "be", "more", "where", "while",
    ]
}
