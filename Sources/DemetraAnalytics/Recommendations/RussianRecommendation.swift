/// Recommendations in Russian.
struct RussianRecommendation {
    let numbers: RecommendationNumbers
    private static let weekdays = [
        "воскресеньям", "понедельникам", "вторникам", "средам", "четвергам", "пятницам",
        "субботам",
    ]

    func text(_ finding: RecommendationFinding) -> String {
        let amount = numbers.amount
        let percent = numbers.percent
        switch finding {
        case .move(let sum, let from, let to, let present, let expected, let odds):
            return "Перенесите \(amount(sum)) в день: \(QuotedNames.list(from)) → "
                + "\(QuotedNames.list(to)). Ожидаемая выручка в день: \(amount(expected.value)) "
                + "вместо \(amount(present)) (\(numbers.interval(expected, amount))); вероятность, что такое "
                + "распределение лучше нынешнего, \(percent(odds))."
        case .loss(let channel, let spend, let roi):
            return "Остановите или переделайте \(QuotedNames.one(channel)): потрачено "
                + "\(amount(spend)) при ROI \(percent(roi.value)) (\(numbers.interval(roi, percent)))."
        case .winner(let channel, let roi, let marginal):
            return "Увеличьте бюджет \(QuotedNames.one(channel)): его ROI \(percent(roi.value)) "
                + "(\(numbers.interval(roi, percent))) лучше, чем у остальных каналов; следующая единица "
                + "расхода вернёт, по оценке, \(amount(marginal))."
        case .departure(let channel, let metric, let day, let value, let expected):
            let found = value.map { "равен \(amount($0))" } ?? "отсутствует"
            return
                "Проверьте \(QuotedNames.one(channel)): показатель \(metric) за \(day) \(found), "
                + "ожидалось от \(amount(expected.lower)) до \(amount(expected.upper))."
        case .fatigue(let channel, let recent, let before, let drop):
            return "Обновите креативы \(QuotedNames.one(channel)): CTR последних 14 дней "
                + "\(percent(recent)), четырёх недель до того \(percent(before)) (разница в "
                + "процентных пунктах: \(numbers.points(drop)))."
        case .time(let channel, let weekday, let hour, let rate, let lift):
            return "Попробуйте увеличить показы "
                + (hour.map { "в \($0):00" } ?? weekday.map { "по \(Self.weekdays[$0 % 7])" } ?? "")
                + (channel.map { " в канале \(QuotedNames.one($0))" } ?? "")
                + ": CTR в это время \(percent(rate.value)) (\(numbers.interval(rate, percent))), на "
                + "\(percent(lift)) выше общего. Это наблюдение, а не эксперимент."
        case .spellings(let names):
            return
                "Считайте \(QuotedNames.list(names)) одним каналом или переименуйте их: названия "
                + "различаются только регистром или пробелами, и все показатели разделены."
        case .negativeSpend(let rows, let sum):
            return "Проверьте загрузку: строк с отрицательным расходом: \(rows), всего "
                + "\(amount(sum)). Они не учтены."
        case .missingDays(let count, let first):
            return "Проверьте загрузку: дней без строк: \(count), первый из них \(first)."
        case .tooLittle(let days, let needed):
            return "Слишком мало данных для рекомендаций: дней \(days), нужно не меньше \(needed)."
        case .nothing(let days):
            return
                "Продолжайте как есть: за дни наблюдений (\(days)) ни одно изменение не показало "
                + "себя лучшим."
        case .overview(let days, let channels, let spend, let revenue, let roi):
            return "Дней: \(days), каналов: \(channels), расход: \(amount(spend)), выручка: "
                + amount(revenue) + (roi.map { ", ROI: \(percent($0))" } ?? "") + "."
        }
    }
}
