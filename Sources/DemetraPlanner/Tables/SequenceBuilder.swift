package import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Makes and changes definitions of sequences by the options of a statement.
struct SequenceBuilder {
    private static let types: [String: ClosedRange<Int64>] = [
        "smallint": Int64(Int16.min)...Int64(Int16.max),
        "int2": Int64(Int16.min)...Int64(Int16.max),
        "integer": Int64(Int32.min)...Int64(Int32.max), "int": Int64(Int32.min)...Int64(Int32.max),
        "int4": Int64(Int32.min)...Int64(Int32.max), "bigint": Int64.min...Int64.max,
        "int8": Int64.min...Int64.max,
    ]

    let binder: Binder

    /// The numbers of a column's type; nil for types without sequences.
    static func numbers(of type: LogicalType) -> ClosedRange<Int64>? {
        switch type {
        case .smallint: types["smallint"]
        case .integer: types["integer"]
        case .bigint: types["bigint"]
        default: nil
        }
    }

    /// A new sequence.
    ///
    /// - Throws: 22023 for what does not fit together.
    func sequence(
        _ name: RelationName, id: TableID, numbers: ClosedRange<Int64>? = nil,
        _ options: [SequenceOption]
    ) throws(DemetraError) -> SequenceDefinition {
        var sequence = SequenceDefinition(id: id, name: name)
        if let numbers { sequence.type = numbers }
        let (changed, _) = try applying(options, to: sequence, isNew: true)
        sequence = changed
        return sequence
    }

    /// A sequence with other options, and the position that RESTART gives it.
    func applying(
        _ options: [SequenceOption], to old: SequenceDefinition, isNew: Bool = false
    ) throws(DemetraError) -> (SequenceDefinition, restart: SequencePosition?) {
        var sequence = old
        var given: Set<String> = []
        var (hasMinimum, hasMaximum, hasStart) = (!isNew, !isNew, !isNew)
        var restart: Int64??
        for option in options {
            guard given.insert(option.setting.name).inserted else {
                throw DemetraError(.syntaxError, "conflicting or redundant options")
                    .at(option.range)
            }
            switch option.setting {
            case .type(let type):
                guard let numbers = Self.types[type.name] else {
                    throw invalid("sequence type must be smallint, integer, or bigint", option)
                }
                if old.minimum == Self.least(old) { hasMinimum = false }
                if old.maximum == Self.greatest(old) { hasMaximum = false }
                sequence.type = numbers
            case .increment(let value):
                guard value != 0 else { throw invalid("INCREMENT must not be zero", option) }
                sequence.increment = value
            case .minimum(let value):
                hasMinimum = value != nil
                if let value { sequence.minimum = value }
            case .maximum(let value):
                hasMaximum = value != nil
                if let value { sequence.maximum = value }
            case .start(let value):
                hasStart = true
                sequence.start = value
            case .cache(let value):
                guard value > 0 else {
                    throw invalid("CACHE (\(value)) must be greater than zero", option)
                }
            case .cycle(let cycles): sequence.cycles = cycles
            case .ownedBy(let owner): sequence.owner = try self.owner(owner, sequence)
            case .restart(let value): restart = .some(value)
            }
        }
        if !hasMinimum { sequence.minimum = Self.least(sequence) }
        if !hasMaximum { sequence.maximum = Self.greatest(sequence) }
        if !hasStart {
            sequence.start = sequence.increment > 0 ? sequence.minimum : sequence.maximum
        }
        try check(sequence)
        guard let restart else { return (sequence, nil) }
        let value = restart ?? sequence.start
        guard (sequence.minimum...sequence.maximum).contains(value) else {
            throw outside("RESTART", value, sequence)
        }
        return (sequence, SequencePosition(value, isGiven: false))
    }

    private static func least(_ sequence: SequenceDefinition) -> Int64 {
        sequence.increment > 0 ? 1 : sequence.type.lowerBound
    }

    private static func greatest(_ sequence: SequenceDefinition) -> Int64 {
        sequence.increment > 0 ? sequence.type.upperBound : -1
    }

    private func check(_ sequence: SequenceDefinition) throws(DemetraError) {
        for (word, value) in [("MINVALUE", sequence.minimum), ("MAXVALUE", sequence.maximum)]
        where !sequence.type.contains(value) {
            throw DemetraError(
                .invalidParameterValue,
                "\(word) (\(value)) is out of range for the type of sequence \"\(sequence.name)\"")
        }
        guard sequence.minimum < sequence.maximum else {
            throw DemetraError(
                .invalidParameterValue,
                "MINVALUE (\(sequence.minimum)) must be less than MAXVALUE (\(sequence.maximum))")
        }
        guard (sequence.minimum...sequence.maximum).contains(sequence.start) else {
            throw outside("START", sequence.start, sequence)
        }
    }

    private func outside(
        _ word: String, _ value: Int64, _ sequence: SequenceDefinition
    ) -> DemetraError {
        let isLow = value < sequence.minimum
        return DemetraError(
            .invalidParameterValue,
            "\(word) value (\(value)) cannot be \(isLow ? "less than MINVALUE" : "greater than MAXVALUE")"
                + " (\(isLow ? sequence.minimum : sequence.maximum))")
    }

    private func invalid(_ message: String, _ option: SequenceOption) -> DemetraError {
        DemetraError(.invalidParameterValue, message).at(option.range)
    }

    /// OWNED BY table.column; nil for NONE.
    private func owner(
        _ name: ObjectName, _ sequence: SequenceDefinition
    ) throws(DemetraError) -> SequenceDefinition.Owner? {
        if name.parts.count == 1 {
            if name.last.name == "none" { return nil }
            throw DemetraError(
                .syntaxError, "invalid OWNED BY option",
                hint: "Specify OWNED BY table.column or OWNED BY NONE."
            ).at(name.range)
        }
        let table = try binder.table(ObjectName(name.parts.dropLast()))
        guard table.schemaName == sequence.schemaName else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "sequence must be in same schema as table it is linked to"
            ).at(name.range)
        }
        let position = try binder.position(of: name.last, table)
        return SequenceDefinition.Owner(table: table.id, column: table.columns[position].id)
    }
}

extension SequenceOption.Setting {
    /// What two options have in common that exclude each other.
    fileprivate var name: String {
        switch self {
        case .type: "as"
        case .increment: "increment"
        case .minimum: "minvalue"
        case .maximum: "maxvalue"
        case .start: "start"
        case .cache: "cache"
        case .cycle: "cycle"
        case .ownedBy: "owned by"
        case .restart: "restart"
        }
    }
}

extension SequenceDefinition {
    /// The name as the default of its column has it.
    package var literalName: String { Self.literal(qualifiedName) }

    /// The default of a column whose values come from the sequence.
    var defaultExpression: String { "nextval('\(Self.literal(qualifiedName))'::regclass)" }

    /// A name as the text that `nextval` takes, with its schema.
    static func literal(_ name: RelationName) -> String {
        let isPlain = { (part: String) in
            part.first.map { ("a"..."z").contains($0) || $0 == "_" } ?? false
                && part.allSatisfy {
                    ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
                }
        }
        return [name.schema, name.name].map { isPlain($0) ? $0 : RelationName.quoted($0) }
            .joined(separator: ".").split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''")
    }
}
