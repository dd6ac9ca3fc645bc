import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
package import DemetraTypes
import Synchronization

/// How a session was opened.
package struct SessionOrigin: Sendable, Hashable {
    /// The session is the owner's of the database: it may do everything.
    package let isOwner: Bool
    /// The client is a program of this machine, or this program itself: only such may touch the server's files.
    package let isLocal: Bool
    /// The user's name is to become a role with the first ones.
    package let adoptsUser: Bool
    /// Where the client is; nil for the program that has opened the database.
    package let address: String?
    /// The name by which the session calls the database.
    package let database: String

    /// The program that has opened the database.
    package static func embedded(in database: String) -> SessionOrigin {
        SessionOrigin(
            isOwner: true, isLocal: true, adoptsUser: false, address: nil, database: database)
    }

    /// Says how a session was opened.
    package init(isOwner: Bool, isLocal: Bool, adoptsUser: Bool, address: String?, database: String)
    {
        self.database = database
        self.isOwner = isOwner
        self.isLocal = isLocal
        self.adoptsUser = adoptsUser
        self.address = address
    }
}

// As whom a session acts.

extension Session {
    static let roleSetting = "role"
    static let authorizationSetting = "session_authorization"

    /// As whom the next statement acts: SET ROLE, then SET SESSION AUTHORIZATION, then the user.
    func authority(_ catalog: Catalog) -> Authority {
        let set = state.settings.withLock { $0.planSettings }
        if let role = set.role ?? set.authorization { return authority(ofRole: role, catalog) }
        guard !origin.isOwner else {
            return Authority(user: user, role: nil, rights: nil, becomesRole: origin.adoptsUser)
        }
        return authority(ofRole: user, catalog)
    }

    private func authority(ofRole name: String, _ catalog: Catalog) -> Authority {
        Authority(user: name, role: name, rights: catalog.access.rights(of: name))
    }

    /// The user that `session_user` gives.
    var sessionUser: String {
        state.settings.withLock { $0.given(Self.authorizationSetting) } ?? user
    }

    /// Whether the user, whatever role is set, may do everything.
    private func mayAll(_ catalog: Catalog) -> Bool {
        origin.isOwner || (catalog.access.roles[user]?.mayAll ?? false)
    }

    /// Whether the current role is a superuser in name. The owner of the database is none: it may do everything there
    /// because all of it is the owner's.
    var isSuperuserByName: Bool {
        let catalog = snapshot.catalog
        let role = authority(catalog).role.flatMap { catalog.access.roles[$0] }
        return role?.attributes.contains(.superuser) ?? false
    }

    // MARK: SET ROLE

    /// - Throws: 22023 for a role that does not exist, 42501 for one that the user is no member of.
    func checkRole(_ name: String) throws(DemetraError) {
        let catalog = snapshot.catalog
        guard name != "none" else { return }
        try checkExists(name, catalog)
        let user = state.settings.withLock { $0.given(Self.authorizationSetting) }
        let mayAll = user.map { catalog.access.rights(of: $0) == nil } ?? self.mayAll(catalog)
        guard !mayAll else { return }
        guard catalog.access.groups(of: sessionUser, inherited: false).contains(name) else {
            throw DemetraError(
                .insufficientPrivilege, "permission denied to set role \"\(name)\"",
                hint: "GRANT \(name) TO \(sessionUser) makes it a member.")
        }
    }

    /// - Throws: 22023 for a role that does not exist, 42501 unless the user is a superuser.
    func checkAuthorization(_ name: String) throws(DemetraError) {
        let catalog = snapshot.catalog
        guard name != user else { return }
        try checkExists(name, catalog)
        guard mayAll(catalog) else {
            throw DemetraError(
                .insufficientPrivilege, "permission denied to set session authorization",
                hint: "Let a superuser do it.")
        }
    }

    private func checkExists(_ name: String, _ catalog: Catalog) throws(DemetraError) {
        guard catalog.access.roles[name] == nil else { return }
        throw DemetraError(
            .invalidParameterValue, "role \"\(name)\" does not exist",
            hint: NearestName.find(name, among: catalog.access.roles.keys)
                .map { "Perhaps you meant \"\($0)\"." })
    }

    // MARK: Refusals

    /// - Throws: 25006 when the user's role is one that only reads.
    func refuseWritingByReader(_ verb: String) throws(DemetraError) {
        guard !origin.isOwner || state.settings.withLock({ $0.planSettings.role != nil }) else {
            return
        }
        let catalog = snapshot.catalog
        let names = [user, authority(catalog).user]
        guard
            let reader = names.first(where: {
                catalog.access.roles[$0]?.attributes.contains(.readOnly) ?? false
            })
        else { return }
        throw DemetraError(
            .readOnlyTransaction, "cannot execute \(verb) as role \"\(reader)\", which only reads",
            hint: "A superuser can ALTER ROLE \(reader) READ WRITE.")
    }

    /// - Throws: 42501 for all but superusers of this machine.
    func requireFiles(_ what: String) throws(DemetraError) {
        guard authority(snapshot.catalog).rights == nil else {
            throw DemetraError(
                .insufficientPrivilege, "must be superuser to \(what)", hint: Self.copyHint)
        }
        guard origin.isLocal else {
            throw DemetraError(
                .insufficientPrivilege, "permission denied to \(what)",
                detail: "Files of the server are out of reach for clients of other machines.",
                hint: Self.copyHint)
        }
    }

    private static let copyHint =
        "Anyone can COPY to stdout or from stdin; psql's \\copy does that with files of the client."

    /// - Throws: 42501 for all but superusers.
    func requireSuperuser(
        toSet name: String,
        hint: String = "It belongs to the whole database: let a superuser do it."
    ) throws(DemetraError) {
        guard authority(snapshot.catalog).rights != nil else { return }
        throw DemetraError(
            .insufficientPrivilege, "permission denied to set parameter \"\(name)\"",
            hint: hint)
    }

    // MARK: Logging in

    /// Gives the session what its role's sessions begin with.
    ///
    /// - Returns: what could not be set.
    package func applyRoleSettings() -> [DemetraError] {
        guard !origin.isOwner, let role = snapshot.catalog.access.roles[user] else { return [] }
        var errors: [DemetraError] = []
        for (name, value) in role.settings.sorted(by: { $0.key < $1.key }) {
            do throws(DemetraError) {
                if name == LanguageModelAccess.Setting.url {
                    // A superuser has set it for the role.
                    try engine.languageModel?.check(endpoint: value)
                    try state.settings.withLock { settings throws(DemetraError) in
                        try settings.set(name, value)
                    }
                } else {
                    try set(name, value)
                }
                state.settings.withLock { $0.makeStandard(name) }
            } catch {
                errors.append(error)
            }
        }
        return errors
    }
}
