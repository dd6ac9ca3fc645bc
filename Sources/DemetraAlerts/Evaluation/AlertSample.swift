import DemetraPlanner
import DemetraTypes

/// One label set for which a rule's condition is true, with what its alert would say.
struct AlertSample {
    let labels: AlertLabels
    let alertType: String
    let channel: Value
    let message: String
    let metric: Value
    let threshold: Value

    /// Reads a row of the rule's query.
    init(_ row: [Value], of query: AlertQuery, types: [LogicalType], zone: TimeZoneRules) {
        let labelCount = query.labels.count
        labels = AlertLabels(
            names: query.labels, values: Array(row.prefix(labelCount)),
            types: Array(types.prefix(labelCount)))
        alertType = query.alertType
        channel = row[query.channelIndex]
        metric = row[query.metricIndex]
        threshold = row[query.thresholdIndex]
        message = AlertMessage.text(
            query.template, values: Array(row[query.firstPlaceIndex...]),
            types: Array(types[query.firstPlaceIndex...]), zone: zone)
    }
}
