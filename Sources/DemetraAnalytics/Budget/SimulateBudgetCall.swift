import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One bound call of SIMULATE_BUDGET.
// Immutable after init.
struct SimulateBudgetCall: Sendable {
    private static let named =
        SpendArguments.names + SpendArguments.columnNames + ["spends", "totals"]

    private let relation: FunctionArguments.Relation
    private let spends: FunctionArguments.Relation
    private let shared: SpendArguments
    private let totals: Bool

    init(_ arguments: [TableFunctionArgument]) throws(DemetraError) {
        let call = try FunctionArguments(
            arguments, function: "SIMULATE_BUDGET", positional: ["rel"], named: Self.named)
        relation = try call.requiredRelation("rel")
        spends = try call.requiredRelation("spends")
        shared = try SpendArguments(call, relation.schema, function: "SIMULATE_BUDGET")
        totals = try call.boolean("totals") ?? true
        do throws(DemetraError) {
            _ = try RelationColumns.index(of: "channel", in: spends.schema)
            let money = try RelationColumns.index(of: "spend", in: spends.schema)
            let type = spends.schema.fields[money].type
            guard type.isNumber || type == .unknown else {
                throw DemetraError(
                    .datatypeMismatch,
                    "column \"spend\" of spends must be a number, but is of type \(type)")
            }
        } catch { throw error.at(spends.range) }
    }

    func execute(
        _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let rows = RelationColumns(schema: relation.schema, batches: relations[relation.index])
        guard rows.rowCount > 0 else { return [] }
        let (history, excluded) = try shared.history(rows, relations, context)
        let unit = shared.periods(history)
        let current = history.currentSpend(lookback: shared.lookback)
        let proposal = try ProposedSpends(
            RelationColumns(schema: spends.schema, batches: relations[spends.index]),
            channels: history.channels, current: current, unit: unit)
        let posteriors = try shared.posteriors(history, context)
        let simulation = try BudgetSimulation(
            history, posteriors: posteriors, current: current, spend: proposal.spend,
            margin: shared.margin, level: shared.level, cancellation: context.cancellation)
        var output = simulation.rows
        for channel in output.indices {
            if !proposal.isNamed[channel] {
                output[channel].notes.append("not named in spends: keeps its present spend")
            }
            output[channel].notes += ExtrapolationNotes.notes(
                spend: output[channel].spend, seen: history.spend[channel].max() ?? 0, unit: unit,
                evidence: output[channel].evidence)
        }
        if totals {
            var total = simulation.total
            total.notes += ExtrapolationNotes.excluded(excluded)
            if proposal.namelessCount > 0 {
                total.notes.append("\(proposal.namelessCount) rows of spends name no channel")
            }
            output.append(total)
        }
        return SimulateBudgetFunction.batches(output, unit: unit)
    }
}

/// The `spends` relation of SIMULATE_BUDGET: channel, spend per period of the caller's amounts.
struct ProposedSpends {
    /// Spend per period of the history, by channel; the present one where nothing is proposed.
    private(set) var spend: [Double]
    /// Channels with a proposed spend.
    private(set) var isNamed: [Bool]
    /// Rows without a channel.
    private(set) var namelessCount = 0

    /// - Throws: 22023 for a channel without history, one that is named twice, and negative money.
    init(
        _ rows: RelationColumns, channels: [String], current: [Double], unit: Double
    ) throws(DemetraError) {
        spend = current
        isNamed = Array(repeating: false, count: channels.count)
        let names = rows.texts(try RelationColumns.index(of: "channel", in: rows.schema))
        let money = rows.numbers(try RelationColumns.index(of: "spend", in: rows.schema))
        let numbers = Dictionary(uniqueKeysWithValues: channels.enumerated().map { ($1, $0) })
        var seen: Set<Int> = []
        for row in 0..<rows.rowCount {
            guard let name = names[row] else {
                namelessCount += 1
                continue
            }
            guard let channel = numbers[name] else {
                throw ChannelNames.unknown(name, among: channels, in: "spends name")
            }
            guard seen.insert(channel).inserted else {
                throw DemetraError(
                    .invalidParameterValue, "spends name channel \"\(name)\" twice")
            }
            // NULL, and numbers that are none, leave the channel as it is.
            guard !money[row].isNaN else { continue }
            guard money[row] >= 0 else {
                throw DemetraError(
                    .invalidParameterValue,
                    "spend of channel \"\(name)\" must be at least 0, got "
                        + PlainNumber.text(money[row]))
            }
            spend[channel] = money[row] / unit
            isNamed[channel] = true
        }
    }
}

/// Errors about names of channels.
enum ChannelNames {
    /// A channel that a history does not have: 22023 with the nearest name.
    static func unknown(
        _ name: String, among channels: [String], in place: String
    ) -> DemetraError {
        let nearest = NearestName.find(name, among: channels)
        let listed = channels.prefix(20).joined(separator: ", ")
        return DemetraError(
            .invalidParameterValue, "\(place) channel \"\(name)\", which has no rows",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                ?? "The channels are \(listed)\(channels.count > 20 ? ", ..." : "").")
    }
}

/// What to say about spends that the history does not reach.
enum ExtrapolationNotes {
    /// The notes of a spend per period, told in amounts of `unit` periods.
    static func notes(
        spend: Double, seen: Double, unit: Double, evidence: Evidence
    ) -> [String] {
        if seen == 0 { return ["it never spent, so its response is unknown"] }
        var notes: [String] = []
        if spend > seen * (1 + 1e-9) {
            notes.append(
                "above the largest spend seen, \(PlainNumber.text(seen * unit)): extrapolated")
        }
        if evidence == .none {
            notes.append("the history does not tell what more or less would do")
        }
        return notes
    }

    /// The note about rows of the history that could not be used.
    static func excluded(_ count: Int) -> [String] {
        count == 0
            ? []
            : [
                "\(count) \(count == 1 ? "row was" : "rows were") left out for a bad time, channel or spend"
            ]
    }
}
