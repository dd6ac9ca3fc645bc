import DemetraAnalytics
import DemetraFunctions
import Testing

@Suite struct `The reference of functions` {
    private static let functions = AnalyticsFunctions().added(to: BuiltInFunctions.registry)

    /// Everything that is registered, but for relations and what no statement can spell.
    private static var registered: Set<String> {
        let tables = functions.tables.values.filter { $0.modelInput != .all }.map(\.name)
        let names =
            Array(functions.scalars.keys) + Array(functions.aggregates.keys)
            + Array(functions.windows.keys) + Array(functions.sets.keys)
            + Array(functions.models.keys) + tables
        return Set(names.filter { !$0.contains(" ") })
    }

    private static var entries: [FunctionEntry] { functions.reference.flatMap(\.entries) }

    @Test func `everything that is registered has an entry`() {
        let described = Set(Self.entries.flatMap { $0.names + $0.implementation })
        #expect(Self.registered.subtracting(described).sorted() == [])
    }

    @Test func `every entry names something that can be called`() {
        for entry in Self.entries {
            for name in entry.names where entry.forms.isEmpty {
                #expect(Self.registered.contains(name), "\(name)")
            }
            for name in entry.implementation {
                #expect(Self.registered.contains(name), "\(entry.names[0]) stands for \(name)")
            }
        }
    }

    @Test func `every name is listed with a call, words, an example and an answer`() {
        let listings = Self.functions.listings
        for entry in Self.entries {
            for name in entry.names {
                #expect(listings.contains { $0.name == name }, "\(name)")
            }
            #expect(entry.summary.hasSuffix("."), "\(entry.names)")
            #expect(!entry.example.isEmpty && !entry.example.hasSuffix(";"), "\(entry.names)")
            #expect(!entry.answer.isEmpty, "\(entry.names)")
        }
    }

    @Test func `no name is described twice`() {
        let names = Self.functions.reference.filter { $0.content == .functions }
            .flatMap { $0.entries.flatMap(\.names) }
        let twice = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys
        #expect(twice.sorted() == [])
    }

    @Test func `signatures are told as they are registered`() {
        func calls(_ name: String) -> [String] { Self.functions.calls(of: name) }
        #expect(calls("lpad") == ["lpad(text, integer [, text])"])
        #expect(calls("mode") == ["mode() WITHIN GROUP (ORDER BY any)"])
        #expect(calls("array_append") == ["array_append(anyarray, anyelement)"])
        #expect(calls("lag") == ["lag(anyelement [, integer [, anyelement]])"])
        #expect(calls("pi") == ["pi()"])
        #expect(calls("count").contains("count(*)"))
        let array = Self.functions.listings.first { $0.name == "array_agg" }
        #expect(array?.result == "anyarray")
    }
}
