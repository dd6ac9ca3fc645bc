import DemetraCatalog
import DemetraTypes

/// The database, its user, its settings and its sessions.
extension SystemTable {
    static let cluster: [SystemTable] = [
        SystemTable(
            "pg_database", 1262,
            """
            oid oid, datname name, datdba oid, encoding int4, datlocprovider "char", datistemplate bool, \
            datallowconn bool, datconnlimit int4, datfrozenxid xid, datminmxid xid, dattablespace oid, datcollate \
            text, datctype text, daticulocale text, datcollversion text, datacl aclitem[]
            """,
            rows: { $0.databaseRows }
        ),
        SystemTable(
            "pg_roles", 12000, isView: true,
            """
            rolname name, rolsuper bool, rolinherit bool, rolcreaterole bool, rolcreatedb bool, rolcanlogin bool, \
            rolreplication bool, rolconnlimit int4, rolpassword text, rolvaliduntil timestamptz, rolbypassrls bool, \
            rolconfig text[], oid oid
            """,
            rows: { $0.roleRows }
        ),
        SystemTable(
            "pg_authid", 1260,
            """
            oid oid, rolname name, rolsuper bool, rolinherit bool, rolcreaterole bool, rolcreatedb bool, \
            rolcanlogin bool, rolreplication bool, rolbypassrls bool, rolconnlimit int4, rolpassword text, \
            rolvaliduntil timestamptz
            """,
            rows: { $0.authorityRows }
        ),
        SystemTable(
            "pg_user", 12014, isView: true,
            """
            usename name, usesysid oid, usecreatedb bool, usesuper bool, userepl bool, usebypassrls bool, passwd \
            text, valuntil timestamptz, useconfig text[]
            """,
            rows: { $0.userRows }
        ),
        SystemTable(
            "pg_tablespace", 1213,
            """
            oid oid, spcname name, spcowner oid, spcacl aclitem[], spcoptions text[]
            """,
            rows: { _ in SystemCatalog.tablespaceRows }
        ),
        SystemTable(
            "pg_settings", 12104, isView: true,
            """
            name text, setting text, unit text, category text, short_desc text, extra_desc text, context text, \
            vartype text, source text, min_val text, max_val text, enumvals text[], boot_val text, reset_val text, \
            sourcefile text, sourceline int4, pending_restart bool
            """,
            live: { $1.settings.map(SystemCatalog.row) }
        ),
        SystemTable(
            "pg_stat_activity", 12222, isView: true,
            """
            datid oid, datname name, pid int4, leader_pid int4, usesysid oid, usename name, application_name text, \
            client_addr inet, client_hostname text, client_port int4, backend_start timestamptz, xact_start \
            timestamptz, query_start timestamptz, state_change timestamptz, wait_event_type text, wait_event text, \
            state text, backend_xid xid, backend_xmin xid, query_id int8, query text, backend_type text
            """,
            live: { catalog, facts in facts.sessions.map { catalog.row($0) } }
        ),
        SystemTable(
            "pg_stat_database", 12266, isView: true,
            """
            datid oid, datname name, numbackends int4, xact_commit int8, xact_rollback int8, blks_read int8, \
            blks_hit int8, tup_returned int8, tup_fetched int8, tup_inserted int8, tup_updated int8, tup_deleted \
            int8, conflicts int8, temp_files int8, temp_bytes int8, deadlocks int8, checksum_failures int8, \
            checksum_last_failure timestamptz, blk_read_time float8, blk_write_time float8, session_time float8, \
            active_time float8, idle_in_transaction_time float8, sessions int8, sessions_abandoned int8, \
            sessions_fatal int8, sessions_killed int8, stats_reset timestamptz
            """,
            live: { $0.databaseActivity($1) }
        ),
    ]
}

extension SystemCatalog {
    fileprivate var databaseRows: [SystemTable.Row] {
        [
            [
                "oid": .integer(ObjectNumbers.database), "datname": .text(databaseName),
                "datdba": owner(of: catalog.access[.database]),
                "datacl": list(catalog.access[.database], .database), "encoding": .integer(6),
                "datlocprovider": .text("c"),
                "datallowconn": .boolean(true), "datconnlimit": .integer(-1),
                "dattablespace": .integer(Self.tablespace), "datcollate": .text("C.UTF-8"),
                "datctype": .text("C.UTF-8"),
            ]
        ]
    }

    /// The one tablespace.
    private static let tablespace: Int64 = 1663

    fileprivate static var tablespaceRows: [SystemTable.Row] {
        [["oid": .integer(tablespace), "spcname": .text("pg_default"), "spcowner": owner]]
    }

    // MARK: Settings and sessions

    fileprivate static func row(_ setting: SettingFacts) -> SystemTable.Row {
        [
            "name": .text(setting.name), "setting": .text(setting.value),
            "category": .text(setting.isReadOnly ? "Preset Options" : "Client Connection Defaults"),
            "short_desc": .text(""), "context": .text(setting.isReadOnly ? "internal" : "user"),
            "vartype": .text("string"),
            "source": .text(setting.value == setting.standard ? "default" : "session"),
            "boot_val": .text(setting.standard), "reset_val": .text(setting.standard),
            "sourceline": .null,
        ]
    }

    fileprivate func row(_ session: SessionActivity) -> SystemTable.Row {
        func time(_ time: Timestamp?) -> Value {
            time.flatMap { session.isShown ? .timestamptz($0) : nil } ?? .null
        }
        let address = session.address.flatMap { session.isShown && $0 != "local" ? $0 : nil }
        return [
            "datid": .integer(ObjectNumbers.database), "datname": .text(session.database),
            "pid": .integer(session.number), "leader_pid": .null,
            "usesysid": .integer(number(ofRole: session.user) ?? ObjectNumbers.user),
            "usename": .text(session.user), "application_name": .text(session.application),
            "client_addr": address.map { .text($0) } ?? .null, "client_port": .null,
            "backend_start": time(session.connectedAt), "xact_start": time(session.transactionTime),
            "query_start": time(session.statementTime), "state_change": time(session.changedAt),
            "wait_event_type": session.state == "active" ? .null : .text("Client"),
            "wait_event": session.state == "active" ? .null : .text("ClientRead"),
            "state": session.isShown ? .text(session.state) : .null,
            "backend_xid": .null, "backend_xmin": .null, "query_id": .null,
            "query": .text(session.query), "backend_type": .text("client backend"),
        ]
    }

    fileprivate func databaseActivity(_ facts: any SessionFacts) -> [SystemTable.Row] {
        [
            [
                "datid": .integer(ObjectNumbers.database),
                "datname": .text(databaseName),
                "numbackends": .integer(Int64(facts.sessions.count)),
            ]
        ]
    }
}
