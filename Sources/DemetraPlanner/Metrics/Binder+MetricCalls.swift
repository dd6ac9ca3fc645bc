import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Functions of metrics, which see the metric itself and not only its value.

extension Binder {
    /// A call of `format_metric`, `period_change` or its kin; nil for other calls.
    func bindMetricCall(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression? {
        if let period = try PeriodCall(call, range: range, binder: self) {
            return try period.bind(context)
        }
        guard call.name.text == "format_metric" else { return nil }
        var reference: MetricReference?
        if call.arguments.count == 1, case .expression(let only) = call.arguments[0].value {
            switch only.node {
            case .column(let path): reference = MetricReference(path: path, range: only.range)
            case .call(let inner): reference = try MetricReference(inner, range: only.range)
            default: break
            }
        }
        guard let reference else {
            throw DemetraError(
                .undefinedFunction, "format_metric takes a metric",
                hint: "Write format_metric(roas); to_char formats other numbers.")
        }
        let value = try bindMetric(reference, context)
        guard value.type.isNumber else { throw noFunction("format_metric", [value.type], range) }
        let text = metricDefinitions(reference.name).first?.format ?? "number"
        let function = ScalarFunction.formatting(try MetricFormat(text))
        return BoundExpression(
            .call(function, [try coerce(value, to: .numeric(nil), .explicit)]), type: .text,
            range: range)
    }
}
