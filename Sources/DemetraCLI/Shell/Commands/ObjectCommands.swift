import Demetra

/// Commands that list and describe what is in the database.
enum ObjectCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand("\\d", "[NAME]", "tables, views and sequences, or the columns of one") {
            (call) throws(DemetraError) in try describe(&call)
        },
        listing("\\dt", "tables", [.table]),
        listing("\\dv", "views", [.view]),
        listing("\\ds", "sequences", [.sequence]),
        listing("\\di", "keys and what holds them", [.index]),
        BackslashCommand("\\dn", "[PATTERN]", "schemas") { (call) throws(DemetraError) in
            try call.show(ObjectListing.schemas(try call.word()))
        },
        BackslashCommand("\\du", "[PATTERN]", "users") { (call) throws(DemetraError) in
            try call.show(ObjectListing.roles(try call.word()))
        },
        BackslashCommand("\\l", "", "databases") { (call) throws(DemetraError) in
            try call.show(ObjectListing.databases)
        },
        BackslashCommand("\\dm", "", "metrics; also \\metrics") { (call) throws(DemetraError) in
            try call.show("SHOW metrics")
        },
        BackslashCommand("\\metrics", "", "metrics") { (call) throws(DemetraError) in
            try call.show("SHOW metrics")
        },
        BackslashCommand("\\da", "", "alert rules; also \\alerts") { (call) throws(DemetraError) in
            try call.show("SHOW alerts")
        },
        BackslashCommand("\\alerts", "", "alert rules") { (call) throws(DemetraError) in
            try call.show("SHOW alerts")
        },
        BackslashCommand("\\dM", "", "models") { (call) throws(DemetraError) in
            try call.show("SHOW models")
        },
        BackslashCommand(
            "\\df", "[PATTERN]", "functions; * and ? in a pattern stand for any text, any sign"
        ) { (call) throws(DemetraError) in
            try call.show(FunctionHelp.listing(try call.word()))
        },
        BackslashCommand("\\conninfo", "", "which database this is, and who you are") {
            (call) throws(DemetraError) in
            let names = try call.shell.connection.answer(
                to: "SELECT current_database()::text, current_user::text"
            ).texts(0).map { $0 ?? "" }
            call.shell.printer.show(
                "You are connected to database \"\(names[0])\" as user \"\(names[1])\", "
                    + "\(call.shell.place).")
            return true
        },
    ]

    private static func listing(
        _ name: String, _ what: String, _ kinds: [ObjectListing.Kind]
    ) -> BackslashCommand {
        BackslashCommand(name, "[PATTERN]", what) { (call) throws(DemetraError) in
            try call.show(ObjectListing.relations(kinds, try call.word()))
        }
    }

    private static func describe(_ call: inout CommandCall) throws(DemetraError) -> Bool {
        let kinds: [ObjectListing.Kind] = [.table, .view, .sequence]
        guard let name = try call.word() else {
            return try call.show(ObjectListing.relations(kinds, nil))
        }
        guard !name.contains(where: { $0 == "*" || $0 == "?" }) else {
            return try call.show(ObjectListing.relations(kinds, name))
        }
        return try call.show(try RelationColumns.query(name, call.shell.connection))
    }

    /// A name as SQL reads it: in lower case unless quoted.
    static func folded(_ name: String) -> String {
        if name.hasPrefix("\""), name.hasSuffix("\""), name.count > 2 {
            return String(name.dropFirst().dropLast())
        }
        return name.lowercased()
    }
}
