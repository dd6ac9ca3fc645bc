import DemetraTypes
import DemetraVectors

extension ScalarFunction {
    /// A numeric as text in the format of a metric.
    package static func formatting(_ format: MetricFormat) -> ScalarFunction {
        ScalarBuilder.function(
            "format_metric_\(format.kind)_\(format.digits)", [.numeric(nil)], .text
        ) { (values, _) throws(DemetraError) in
            guard case .numeric(let number) = values[0] else { return .null }
            return .text(try format.text(number))
        }
    }
}
