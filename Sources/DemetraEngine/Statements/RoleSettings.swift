import DemetraCatalog
import DemetraTypes

/// ALTER ROLE ... SET: the settings that sessions of a role begin with.
enum RoleSettings {
    /// - Throws: 42704 and 22023 for settings that no session could begin with.
    static func check(_ changes: [CatalogChange]) throws(DemetraError) {
        for case .access(.putRole(let role)) in changes {
            for (name, value) in role.settings.sorted(by: { $0.key < $1.key }) {
                guard !SessionSettings.identifies(name) else {
                    throw DemetraError(
                        .cantChangeRuntimeParameter,
                        "parameter \"\(name)\" cannot be set for a role")
                }
                var settings = SessionSettings()
                try settings.set(name, value)
            }
        }
    }
}
