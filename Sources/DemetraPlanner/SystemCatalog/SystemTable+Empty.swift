import DemetraTypes

/// The relations of PostgreSQL's catalog of which there is nothing here: rules, triggers, policies, replication,
/// foreign tables, enumerations, operators as objects.
///
/// Tools join them unasked, so they are there, with all their columns.
extension SystemTable {
    static let empty: [SystemTable] = [
        SystemTable(
            "pg_aggregate", 2600,
            """
            aggfnoid regproc, aggkind "char", aggnumdirectargs int2, aggtransfn regproc, aggfinalfn regproc, \
            aggcombinefn regproc, aggserialfn regproc, aggdeserialfn regproc, aggmtransfn regproc, aggminvtransfn \
            regproc, aggmfinalfn regproc, aggfinalextra bool, aggmfinalextra bool, aggfinalmodify "char", \
            aggmfinalmodify "char", aggsortop oid, aggtranstype oid, aggtransspace int4, aggmtranstype oid, \
            aggmtransspace int4, agginitval text, aggminitval text
            """),
        SystemTable(
            "pg_auth_members", 1261,
            """
            roleid oid, member oid, grantor oid, admin_option bool
            """,
            rows: { $0.membershipRows }),
        SystemTable(
            "pg_available_extensions", 12081, isView: true,
            """
            name name, default_version text, installed_version text, comment text
            """),
        SystemTable(
            "pg_cast", 2605,
            """
            oid oid, castsource oid, casttarget oid, castfunc oid, castcontext "char", castmethod "char"
            """),
        SystemTable(
            "pg_conversion", 2607,
            """
            oid oid, conname name, connamespace oid, conowner oid, conforencoding int4, contoencoding int4, conproc \
            regproc, condefault bool
            """),
        SystemTable(
            "pg_db_role_setting", 2964,
            """
            setdatabase oid, setrole oid, setconfig text[]
            """),
        SystemTable(
            "pg_default_acl", 826,
            """
            oid oid, defaclrole oid, defaclnamespace oid, defaclobjtype "char", defaclacl aclitem[]
            """),
        SystemTable(
            "pg_enum", 3501,
            """
            oid oid, enumtypid oid, enumsortorder real, enumlabel name
            """),
        SystemTable(
            "pg_event_trigger", 3466,
            """
            oid oid, evtname name, evtevent name, evtowner oid, evtfoid oid, evtenabled "char", evttags text[]
            """),
        SystemTable(
            "pg_extension", 3079,
            """
            oid oid, extname name, extowner oid, extnamespace oid, extrelocatable bool, extversion text, extconfig \
            oid[], extcondition text[]
            """),
        SystemTable(
            "pg_foreign_data_wrapper", 2328,
            """
            oid oid, fdwname name, fdwowner oid, fdwhandler oid, fdwvalidator oid, fdwacl aclitem[], fdwoptions \
            text[]
            """),
        SystemTable(
            "pg_foreign_server", 1417,
            """
            oid oid, srvname name, srvowner oid, srvfdw oid, srvtype text, srvversion text, srvacl aclitem[], \
            srvoptions text[]
            """),
        SystemTable(
            "pg_foreign_table", 3118,
            """
            ftrelid oid, ftserver oid, ftoptions text[]
            """),
        SystemTable(
            "pg_inherits", 2611,
            """
            inhrelid oid, inhparent oid, inhseqno int4, inhdetachpending bool
            """),
        SystemTable(
            "pg_locks", 12073, isView: true,
            """
            locktype text, database oid, relation oid, page int4, tuple int2, virtualxid text, transactionid xid, \
            classid oid, objid oid, objsubid int2, virtualtransaction text, pid int4, mode text, granted bool, \
            fastpath bool, waitstart timestamptz
            """),
        SystemTable(
            "pg_matviews", 12038, isView: true,
            """
            schemaname name, matviewname name, matviewowner name, tablespace name, hasindexes bool, ispopulated \
            bool, definition text
            """),
        SystemTable(
            "pg_operator", 2617,
            """
            oid oid, oprname name, oprnamespace oid, oprowner oid, oprkind "char", oprcanmerge bool, oprcanhash \
            bool, oprleft oid, oprright oid, oprresult oid, oprcom oid, oprnegate oid, oprcode regproc, oprrest \
            regproc, oprjoin regproc
            """),
        SystemTable(
            "pg_opfamily", 2753,
            """
            oid oid, opfmethod oid, opfname name, opfnamespace oid, opfowner oid
            """),
        SystemTable(
            "pg_partitioned_table", 3350,
            """
            partrelid oid, partstrat "char", partnatts int2, partdefid oid, partattrs int2vector, partclass \
            oidvector, partcollation oidvector, partexprs pg_node_tree
            """),
        SystemTable(
            "pg_policy", 3256,
            """
            oid oid, polname name, polrelid oid, polcmd "char", polpermissive bool, polroles oid[], polqual \
            pg_node_tree, polwithcheck pg_node_tree
            """),
        SystemTable(
            "pg_publication", 6104,
            """
            oid oid, pubname name, pubowner oid, puballtables bool, pubinsert bool, pubupdate bool, pubdelete bool, \
            pubtruncate bool, pubviaroot bool
            """),
        SystemTable(
            "pg_publication_namespace", 6237,
            """
            oid oid, pnpubid oid, pnnspid oid
            """),
        SystemTable(
            "pg_publication_rel", 6106,
            """
            oid oid, prpubid oid, prrelid oid, prqual pg_node_tree, prattrs int2vector
            """),
        SystemTable(
            "pg_publication_tables", 12068, isView: true,
            """
            pubname name, schemaname name, tablename name, attnames name[], rowfilter text
            """),
        SystemTable(
            "pg_range", 3541,
            """
            rngtypid oid, rngsubtype oid, rngmultitypid oid, rngcollation oid, rngsubopc oid, rngcanonical regproc, \
            rngsubdiff regproc
            """),
        SystemTable(
            "pg_rewrite", 2618,
            """
            oid oid, rulename name, ev_class oid, ev_type "char", ev_enabled "char", is_instead bool, ev_qual \
            pg_node_tree, ev_action pg_node_tree
            """),
        SystemTable(
            "pg_rules", 12023, isView: true,
            """
            schemaname name, tablename name, rulename name, definition text
            """),
        SystemTable(
            "pg_seclabel", 3596,
            """
            objoid oid, classoid oid, objsubid int4, provider text, label text
            """),
        SystemTable(
            "pg_shdepend", 1214,
            """
            dbid oid, classid oid, objid oid, objsubid int4, refclassid oid, refobjid oid, deptype "char"
            """),
        SystemTable(
            "pg_shdescription", 2396,
            """
            objoid oid, classoid oid, description text
            """),
        SystemTable(
            "pg_statistic_ext", 3381,
            """
            oid oid, stxrelid oid, stxname name, stxnamespace oid, stxowner oid, stxstattarget int4, stxkeys \
            int2vector, stxkind "char"[], stxexprs pg_node_tree
            """),
        SystemTable(
            "pg_subscription", 6100,
            """
            oid oid, subdbid oid, subskiplsn text, subname name, subowner oid, subenabled bool, subbinary bool, \
            substream bool, subtwophasestate "char", subdisableonerr bool, subconninfo text, subslotname name, \
            subsynccommit text, subpublications text[]
            """),
        SystemTable(
            "pg_trigger", 2620,
            """
            oid oid, tgrelid oid, tgparentid oid, tgname name, tgfoid oid, tgtype int2, tgenabled "char", \
            tgisinternal bool, tgconstrrelid oid, tgconstrindid oid, tgconstraint oid, tgdeferrable bool, \
            tginitdeferred bool, tgnargs int2, tgattr int2vector, tgargs bytea, tgqual pg_node_tree, tgoldtable \
            name, tgnewtable name
            """),
        SystemTable(
            "pg_user_mapping", 1418,
            """
            oid oid, umuser oid, umserver oid, umoptions text[]
            """),
    ]
}
