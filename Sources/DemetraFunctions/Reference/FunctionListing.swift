/// A row of `demetra_functions`: one way to call a function, with what the reference says of it.
package struct FunctionListing: Sendable {
    /// What a function is to those who call it.
    package enum Kind: String, Sendable {
        case scalar, aggregate, window, set, table, model
        /// A call with a syntax or rules of its own: CAST, period_change.
        case special
        case `operator`
    }

    /// The name that is called.
    package let name: String
    /// What it is.
    package let kind: Kind
    /// Types of the arguments, `[, ...]` around what may be left out, ORDER BY before that of an ordered set;
    /// an operator as it is written.
    package let arguments: String
    /// The type of the result; nil where it depends on more than the types of arguments.
    package let result: String?
    /// Whether calls may be computed once; nil where it makes no difference to the caller.
    package let volatility: Volatility?
    /// The section that it stands in.
    package let section: FunctionSection
    /// What is said of it.
    package let entry: FunctionEntry

    /// The call as it is shown: `lpad(text, integer [, text])`.
    package var call: String {
        if kind == .operator { return arguments }
        // What is written without parentheses: CURRENT_DATE.
        if kind == .special, arguments.isEmpty { return name }
        if name.first?.isLowercase == false { return "\(name) \(arguments)" }
        let parts = arguments.split(separator: "ORDER BY ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "\(name)(\(arguments))" }
        let direct = parts[0].last == " " ? parts[0].dropLast() : parts[0]
        return "\(name)(\(direct)) WITHIN GROUP (ORDER BY \(parts[1]))"
    }
}

extension FunctionRegistry {
    /// Every way to call everything, in the order of the reference.
    package var listings: [FunctionListing] {
        reference.flatMap { section in
            section.entries.flatMap { entry in entry.names.flatMap { listings($0, entry, section) }
            }
        }
    }

    /// The ways to call a function of this name, for hints: `round(numeric, integer)`.
    package func calls(of name: String) -> [String] {
        for section in reference where section.content == .functions {
            for entry in section.entries where entry.names.contains(name) {
                var seen: Set<String> = []
                return listings(name, entry, section).map(\.call).filter {
                    seen.insert($0).inserted
                }
            }
        }
        return []
    }

    /// The names that calls are written with, operators left out.
    package var callableNames: [String] {
        Set(
            reference.filter { $0.content == .functions }.flatMap { $0.entries.flatMap(\.names) }
        ).sorted()
    }

    private func listings(
        _ name: String, _ entry: FunctionEntry, _ section: FunctionSection
    ) -> [FunctionListing] {
        func listing(
            _ kind: FunctionListing.Kind, _ shown: (arguments: String, result: String?),
            _ volatility: Volatility? = nil
        ) -> FunctionListing {
            FunctionListing(
                name: name, kind: section.content == .operators ? .operator : kind,
                arguments: shown.arguments, result: shown.result, volatility: volatility,
                section: section, entry: entry)
        }
        var rows: [FunctionListing] = []
        if entry.hasForms(name, isRegistered: contains(name)) {
            rows = entry.forms.map { form in
                // The form is that of the first name.
                let written = form.arguments.replacing(" \(entry.names[0]) ", with: " \(name) ")
                return listing(.special, (written, form.result))
            }
            if !entry.implementation.isEmpty { return rows }
        }
        let symbol = section.content == .operators ? name : nil
        rows += (scalars[name] ?? []).map {
            listing(.scalar, $0.signature.shown(asOperator: symbol), $0.volatility)
        }
        rows += (aggregates[name] ?? []).map {
            let shown = $0.signature.shown(asOrderedSet: $0.isOrderedSet)
            return listing(
                .aggregate, (shown.arguments.isEmpty ? "*" : shown.arguments, shown.result))
        }
        rows += (windows[name].map { [$0] } ?? []).map { listing(.window, $0.signature.shown()) }
        rows += (sets[name] ?? []).map { function in
            let shown = function.signature.shown()
            let columns = function.columnNames.dropLast().map { "\($0) text, " }.joined()
            let last = function.columnNames.last ?? ""
            return listing(
                .set,
                (
                    shown.arguments,
                    columns.isEmpty
                        ? "setof \(shown.result)" : "table(\(columns)\(last) \(shown.result))"
                ))
        }
        if let table = tables[name] { rows.append(listing(.table, (table.usage, "table"))) }
        if models[name] != nil { rows.append(listing(.model, ("columns of the model", nil))) }
        return rows
    }

    /// True for a name of a function or operator.
    package func contains(_ name: String) -> Bool {
        scalars[name] != nil || aggregates[name] != nil || windows[name] != nil
            || sets[name] != nil || tables[name] != nil || models[name] != nil
    }
}
