package import DemetraTypes

/// When a constraint is checked: `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`.
package enum ConstraintTiming: UInt8, Sendable, Hashable {
    /// At the end of each statement.
    case immediate
    /// So, unless SET CONSTRAINTS defers it.
    case deferrable
    /// At the end of the transaction, unless SET CONSTRAINTS says otherwise.
    case deferred
}

/// REFERENCES, and what stands behind it.
package struct ReferenceClause: Sendable, Hashable {
    /// What happens to rows that refer to a row that goes or changes.
    package enum Action: Sendable, Hashable {
        case noAction, restrict, cascade, setNull, setDefault
    }

    /// The table referred to.
    package var target: ObjectName
    /// The columns of its key; none for its primary key.
    package var columns: [Identifier]
    /// ON DELETE.
    package var onDelete = Action.noAction
    /// ON UPDATE.
    package var onUpdate = Action.noAction
    /// MATCH FULL.
    package var matchesFully = false
    /// When it is checked.
    package var timing = ConstraintTiming.immediate
    /// What is not supported, MATCH PARTIAL, and where it stands.
    package var unsupported: [Identifier] = []

    /// A clause without actions.
    package init(target: ObjectName, columns: [Identifier]) {
        self.target = target
        self.columns = columns
    }
}

/// An option of CREATE SEQUENCE, ALTER SEQUENCE or GENERATED ... AS IDENTITY.
package struct SequenceOption: Sendable, Hashable {
    /// What it says.
    package enum Setting: Sendable, Hashable {
        case type(TypeName)
        case increment(Int64)
        /// Nil for NO MINVALUE.
        case minimum(Int64?)
        /// Nil for NO MAXVALUE.
        case maximum(Int64?)
        case start(Int64)
        case cache(Int64)
        case cycle(Bool)
        /// OWNED BY table.column, or NONE.
        case ownedBy(ObjectName)
        /// RESTART [WITH n].
        case restart(Int64?)
    }

    /// What it says.
    package let setting: Setting
    /// Where it stands.
    package let range: SourceRange

    /// Makes an option.
    package init(_ setting: Setting, range: SourceRange) {
        self.setting = setting
        self.range = range
    }
}

/// CREATE SEQUENCE.
package struct CreateSequenceStatement: Sendable, Hashable {
    /// The name.
    package let name: ObjectName
    /// IF NOT EXISTS.
    package let ifNotExists: Bool
    /// TEMP.
    package let isTemporary: Bool
    /// The options in order.
    package let options: [SequenceOption]

    /// Makes a statement.
    package init(
        name: ObjectName, ifNotExists: Bool, isTemporary: Bool, options: [SequenceOption]
    ) {
        self.name = name
        self.ifNotExists = ifNotExists
        self.isTemporary = isTemporary
        self.options = options
    }
}

/// ALTER SEQUENCE.
package struct AlterSequenceStatement: Sendable, Hashable {
    /// What is changed.
    package enum Action: Sendable, Hashable {
        case rename(to: Identifier)
        case setSchema(Identifier)
        case options([SequenceOption])
    }

    /// The sequence.
    package let name: ObjectName
    /// IF EXISTS.
    package let ifExists: Bool
    /// The change.
    package let action: Action

    /// Makes a statement.
    package init(name: ObjectName, ifExists: Bool, action: Action) {
        self.name = name
        self.ifExists = ifExists
        self.action = action
    }
}
