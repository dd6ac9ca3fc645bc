import DemetraTypes
import DemetraVectors

/// `current_setting` and `set_config`: what SHOW and SET do, inside of a query.
enum SettingFunctions {
    static let all: [ScalarFunction] = [
        ScalarBuilder.function(
            "current_setting", [.text, .boolean], .text, optional: 1, volatility: .stable
        ) { (values, context) throws(DemetraError) in
            do throws(DemetraError) {
                return .text(try source(context).value(of: values[0].textOrEmpty))
            } catch {
                let mayMiss = values.count > 1 && values[1] == .boolean(true)
                guard mayMiss, error.sqlState == .undefinedObject else { throw error }
                return .null
            }
        },
        ScalarBuilder.general(
            "set_config",
            Signature(
                [.type(.text), .type(.text), .type(.boolean)], result: .fixed(.text)),
            isStrict: false, volatility: .volatile
        ) { (values, context) throws(DemetraError) in
            guard case .text(let name) = values[0] else {
                throw DemetraError(.nullValueNotAllowed, "SET requires parameter name")
            }
            var given: String?
            if case .text(let text) = values[1] { given = text }
            let source = try source(context)
            try source.set(name, to: given, isLocal: values[2] == .boolean(true))
            return .text(try source.value(of: name))
        },
    ]

    private static func source(
        _ context: EvaluationContext
    ) throws(DemetraError) -> any SettingSource {
        if let source = context.settings { return source }
        throw DemetraError(
            .objectNotInPrerequisiteState, "there are no settings here",
            hint: "They belong to a session.")
    }
}
