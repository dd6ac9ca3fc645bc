package import DemetraTypes

/// The settings of a session, for `current_setting` and `set_config`.
package protocol SettingSource: Sendable {
    /// The value of a setting as SHOW gives it.
    ///
    /// - Throws: 42704 when there is none of that name.
    func value(of name: String) throws(DemetraError) -> String

    /// Changes a setting as SET does; nil sets its default. `isLocal` lasts until the transaction ends.
    ///
    /// - Throws: 42704 for a name that does not exist, 22023 for a value it cannot have.
    func set(_ name: String, to value: String?, isLocal: Bool) throws(DemetraError)
}
