import DemetraFunctions
import DemetraTypes

/// What `pg_proc` tells of: the functions that can be called, and those that read and write the values of types.
struct CatalogFunctions: Sendable {
    let all: [CatalogFunction]
    private let byNumber: [Int64: Int]
    private let byName: [String: [Int]]

    init(_ registry: FunctionRegistry) {
        let found = (Self.callable(registry) + Self.ofTypes).sorted {
            ($0.name, $0.argumentNames) < ($1.name, $1.argumentNames)
        }
        all = found.enumerated().map { index, function in
            var function = function
            function.number = ObjectNumbers.firstFunction + Int64(index)
            return function
        }
        byNumber = Dictionary(
            all.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        byName = Dictionary(grouping: all.indices) { [all] in all[$0].name }
    }

    /// The function of that number.
    func numbered(_ number: Int64) -> CatalogFunction? { byNumber[number].map { all[$0] } }

    /// The functions of that name.
    func named(_ name: String) -> [CatalogFunction] { (byName[name] ?? []).map { all[$0] } }

    // MARK: Of the registry

    private static func callable(_ registry: FunctionRegistry) -> [CatalogFunction] {
        let names = Set(registry.callableNames)
        var result: [CatalogFunction] = []
        func add(
            _ name: String, _ kind: String, _ signature: Signature, givesRows: Bool = false,
            _ volatility: Volatility = .immutable, isStrict: Bool = true
        ) {
            guard names.contains(name), let arguments = signature.catalogArguments,
                let type = signature.catalogResult
            else { return }
            result.append(
                CatalogFunction(
                    name: name, kind: kind,
                    arguments: arguments + [signature.catalogVariadic].compactMap { $0 },
                    optionalCount: signature.parameters.count - signature.requiredCount,
                    variadic: signature.catalogVariadic, result: type, givesRows: givesRows,
                    volatility: volatility, isStrict: isStrict))
        }
        for function in registry.scalars.values.joined() {
            add(
                function.name, "f", function.signature, function.volatility,
                isStrict: function.isStrict)
        }
        for function in registry.aggregates.values.joined() {
            add(function.name, "a", function.signature, isStrict: false)
        }
        for function in registry.windows.values {
            add(function.name, "w", function.signature, isStrict: false)
        }
        for function in registry.sets.values.joined() {
            add(
                function.name, "f", function.signature, givesRows: true,
                isStrict: function.isStrict)
        }
        for function in registry.tables.values {
            result.append(
                CatalogFunction(
                    name: function.name, kind: "f", arguments: [], optionalCount: 0, variadic: nil,
                    result: CatalogType.named("record"), givesRows: true, volatility: .stable,
                    isStrict: false))
        }
        return result
    }

    // MARK: Of types

    private static let ofTypes: [CatalogFunction] = {
        var seen: Set<String> = ["-"]
        var result: [CatalogFunction] = []
        func add(_ name: String, _ argument: CatalogType?, _ type: CatalogType?) {
            guard seen.insert(name).inserted, let argument else { return }
            result.append(
                CatalogFunction(
                    name: name, kind: "f", arguments: [argument], optionalCount: 0, variadic: nil,
                    result: type, givesRows: false, volatility: .immutable, isStrict: true))
        }
        for type in CatalogType.all {
            let shown = type.name.hasPrefix("_") ? CatalogType.named("anyarray") : type
            add(type.input, CatalogType.named("cstring"), shown)
            add(type.output, shown, CatalogType.named("cstring"))
            add(type.receive, CatalogType.named("internal"), shown)
            add(type.send, shown, CatalogType.named("bytea"))
        }
        return result
    }()
}

/// One way to call a function.
struct CatalogFunction: Sendable {
    var number: Int64 = 0
    let name: String
    /// `f`, `a` for an aggregate, `w` for a window function.
    let kind: String
    /// The types of its arguments; the last stands for any number if it is variadic.
    let arguments: [CatalogType]
    /// How many may be left out.
    let optionalCount: Int
    let variadic: CatalogType?
    let result: CatalogType?
    let givesRows: Bool
    let volatility: Volatility
    let isStrict: Bool

    /// The arguments as they are shown: `text, VARIADIC "any"`.
    var argumentNames: String {
        arguments.enumerated().map { index, type in
            variadic != nil && index == arguments.count - 1
                ? "VARIADIC \(type.shownName)" : type.shownName
        }.joined(separator: ", ")
    }

    /// The result as it is shown: `SETOF integer`.
    var resultName: String { (givesRows ? "SETOF " : "") + (result?.shownName ?? "record") }

    /// `f`, `i`, `s` or `v`, as the catalog has it.
    var volatilityLetter: String {
        switch volatility {
        case .immutable: "i"
        case .stable: "s"
        case .volatile: "v"
        }
    }
}
