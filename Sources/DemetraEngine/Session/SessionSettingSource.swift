import DemetraFunctions
import DemetraTypes

/// A session's settings, as functions reach them.
struct SessionSettingSource: SettingSource {
    private unowned let session: Session

    init(_ session: Session) { self.session = session }

    func value(of name: String) throws(DemetraError) -> String { try session.setting(name) }

    func set(_ name: String, to value: String?, isLocal: Bool) throws(DemetraError) {
        guard isLocal else { return try session.set(name, value) }
        try session.setLocally(name, value)
    }
}
