/// Fixed distances from UTC: offsets as digits, and the abbreviations that stand for one.
enum ZoneOffset {
    /// Reads `+03`, `-0530`, `+05:30:15` as seconds east of UTC; nil when it has another form.
    static func parse(_ scanner: inout ByteScanner) -> Int? {
        guard scanner.peek == UInt8(ascii: "+") || scanner.peek == UInt8(ascii: "-") else {
            return nil
        }
        let isNegative = scanner.skipSign()
        guard let (first, count) = scanner.digits(), count <= 6 else { return nil }
        var seconds: Int
        switch count {
        case 1, 2:
            seconds = first * 3_600
            if scanner.skip(":") {
                guard let (minutes, _) = scanner.digits(), minutes < 60 else { return nil }
                seconds += minutes * 60
                if scanner.skip(":") {
                    guard let (rest, _) = scanner.digits(), rest < 60 else { return nil }
                    seconds += rest
                }
            }
        case 3, 4:
            guard first % 100 < 60 else { return nil }
            seconds = first / 100 * 3_600 + first % 100 * 60
        default:
            guard first / 100 % 100 < 60, first % 100 < 60 else { return nil }
            seconds = first / 10_000 * 3_600 + first / 100 % 100 * 60 + first % 100
        }
        return isNegative ? -seconds : seconds
    }

    /// Seconds east of UTC of a zone's abbreviation in lower case.
    static func abbreviation(_ word: String) -> Int? { abbreviations[word] }

    /// The abbreviations of PostgreSQL's default list that have one meaning and are in use.
    private static let abbreviations: [String: Int] = [
        "z": 0, "utc": 0, "gmt": 0, "ut": 0, "zulu": 0, "wet": 0,
        "bst": 3_600, "cet": 3_600, "met": 3_600, "mez": 3_600,
        "cest": 7_200, "mest": 7_200, "mesz": 7_200, "eet": 7_200, "sast": 7_200,
        "eest": 10_800, "msk": 10_800, "msd": 14_400,
        "pkt": 18_000, "jst": 32_400, "kst": 32_400, "hkt": 28_800, "sgt": 28_800,
        "aest": 36_000, "aedt": 39_600, "awst": 28_800, "acst": 34_200, "acdt": 37_800,
        "nzst": 43_200, "nzdt": 46_800,
        "ast": -14_400, "adt": -10_800, "est": -18_000, "edt": -14_400, "cst": -21_600,
        "cdt": -18_000, "mst": -25_200, "mdt": -21_600, "pst": -28_800, "pdt": -25_200,
        "akst": -32_400, "akdt": -28_800, "hst": -36_000, "brt": -10_800, "art": -10_800,
    ]
}
