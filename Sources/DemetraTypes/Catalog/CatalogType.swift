/// A type as PostgreSQL's catalog numbers, names and measures it.
///
/// - Source: the catalog `pg_type` of PostgreSQL 15.
package struct CatalogType: Sendable {
    /// The number.
    package let number: Int64
    /// The name in the catalog: `float8`.
    package let name: String
    /// The name that is shown: `double precision`.
    package let shownName: String
    /// Bytes of a value, -1 where it varies, -2 for texts that end with a zero byte.
    package let byteCount: Int64
    /// `b` for a base type, `p` for one that no value has.
    package let kind: String
    /// The category, such as `N` for numbers and `A` for arrays.
    package let category: String
    /// Preferred in its category.
    package let isPreferred: Bool
    /// The number of the type of arrays of it; 0 for none.
    package let arrayNumber: Int64
    /// The number of the type of its elements; 0 for none.
    package let elementNumber: Int64
    /// The functions that read and write values, as texts and as bytes; `-` for none.
    package let input, output, receive, send: String
    /// `c`, `s`, `i` or `d`.
    package let alignment: String
    /// `p` for plain, `x` for extended, `m` for main.
    package let storage: String
    /// The number of its collation; 0 for none.
    package let collation: Int64

    /// Small enough to be handed over in a register.
    package var isByValue: Bool { (1...8).contains(byteCount) && byteCount != 6 }
}

extension CatalogType {
    // number name bytes kind category preferred array element functions alignment storage collation
    private static let table = """
        16 bool 1 b B t 1000 0 bool c p 0
        17 bytea -1 b U f 1001 0 bytea i x 0
        18 char 1 b Z f 1002 0 char c p 0
        19 name 64 b S f 1003 18 name c p 950
        20 int8 8 b N f 1016 0 int8 d p 0
        21 int2 2 b N f 1005 0 int2 s p 0
        22 int2vector -1 b A f 1006 21 int2vector i p 0
        23 int4 4 b N f 1007 0 int4 i p 0
        24 regproc 4 b N f 1008 0 regproc i p 0
        25 text -1 b S t 1009 0 text i x 100
        26 oid 4 b N t 1028 0 oid i p 0
        27 tid 6 b U f 1010 0 tid s p 0
        28 xid 4 b U f 1011 0 xid i p 0
        29 cid 4 b U f 1012 0 cid i p 0
        30 oidvector -1 b A f 1013 26 oidvector i p 0
        114 json -1 b U f 199 0 json_ i x 0
        194 pg_node_tree -1 b Z f 0 0 pg_node_tree_ i x 100
        700 float4 4 b N f 1021 0 float4 i p 0
        701 float8 8 b N t 1022 0 float8 d p 0
        705 unknown -2 p X f 0 0 unknown c p 0
        869 inet -1 b I t 1041 0 inet_ i m 0
        1033 aclitem 12 b U f 1034 0 aclitem i p 0
        1042 bpchar -1 b S f 1014 0 bpchar i x 100
        1043 varchar -1 b S f 1015 0 varchar i x 100
        1082 date 4 b D f 1182 0 date_ i p 0
        1083 time 8 b D f 1183 0 time_ d p 0
        1114 timestamp 8 b D f 1115 0 timestamp_ d p 0
        1184 timestamptz 8 b D t 1185 0 timestamptz_ d p 0
        1186 interval 16 b T t 1187 0 interval_ d p 0
        1266 timetz 12 b D f 1270 0 timetz_ d p 0
        1700 numeric -1 b N f 1231 0 numeric_ i m 0
        2202 regprocedure 4 b N f 2207 0 regprocedure i p 0
        2205 regclass 4 b N f 2210 0 regclass i p 0
        2206 regtype 4 b N f 2211 0 regtype i p 0
        2249 record -1 p P f 2287 0 record_ d x 0
        2275 cstring -2 p P f 1263 0 cstring_ c p 0
        2276 any 4 p P f 0 0 any_ i p 0
        2277 anyarray -1 p P f 0 0 anyarray_ d x 0
        2278 void 4 p P f 0 0 void_ i p 0
        2279 trigger 4 p P f 0 0 trigger_ i p 0
        2281 internal 8 p P f 0 0 internal_ d p 0
        2283 anyelement 4 p P f 0 0 anyelement_ i p 0
        2950 uuid 16 b U f 2951 0 uuid_ c p 0
        3802 jsonb -1 b U f 3807 0 jsonb_ i x 0
        4089 regnamespace 4 b N f 4090 0 regnamespace i p 0
        4096 regrole 4 b N f 4097 0 regrole i p 0
        4191 regcollation 4 b N f 4192 0 regcollation i p 0
        """

    /// Types that no values here have, but functions of the catalog speak of, as they are shown.
    private static let shownNames = [
        "char": "\"char\"", "bpchar": "character", "timetz": "time with time zone",
        "any": "\"any\"",
    ]

    /// What has no form in bytes.
    private static let unsent: Set<String> = [
        "aclitem", "any", "trigger", "internal", "anyelement",
    ]

    /// All types, those of arrays behind the others.
    package static let all: [CatalogType] = {
        let plain = table.split(separator: "\n").compactMap { CatalogType(line: $0) }
        return plain + plain.compactMap(\.array)
    }()

    private static let byNumber = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
    private static let byName = Dictionary(
        all.flatMap { type in
            [(type.name, type), (type.shownName, type)]
                + (type.name == "varchar" ? [("character varying", type)] : [])
        }
    ) { first, _ in first }

    /// The type of a number.
    package static func numbered(_ number: Int64) -> CatalogType? { byNumber[number] }

    /// The type of a name of the catalog, or one that is shown.
    package static func named(_ name: String) -> CatalogType? { byName[name] }

    /// The type that PostgreSQL has for one of ours.
    package static func of(_ type: LogicalType) -> CatalogType? {
        if case .array(let element) = type {
            return of(element).flatMap { numbered($0.arrayNumber) }
        }
        return named(type == .system(.char) ? "char" : type.unmodified.description)
    }

    private init?(line: Substring) {
        let words = line.split(separator: " ").map { String($0) }
        guard words.count == 12, let number = Int64(words[0]), let byteCount = Int64(words[2]),
            let array = Int64(words[6]), let element = Int64(words[7]),
            let collation = Int64(words[11])
        else { return nil }
        self.number = number
        name = words[1]
        shownName = Self.shownNames[words[1]] ?? Self.shown(words[1])
        self.byteCount = byteCount
        kind = words[3]
        category = words[4]
        isPreferred = words[5] == "t"
        arrayNumber = array
        elementNumber = element
        let functions = words[8]
        input = functions + "in"
        output = functions + "out"
        receive = Self.unsent.contains(name) ? "-" : functions + "recv"
        send = Self.unsent.contains(name) ? "-" : functions + "send"
        alignment = words[9]
        storage = words[10]
        self.collation = collation
    }

    /// The name as our types are shown.
    private static func shown(_ name: String) -> String {
        let own: [LogicalType] = [
            .boolean, .smallint, .integer, .bigint, .real, .double, .varchar(limit: nil), .time,
            .timestamp, .timestamptz,
        ]
        let short = [
            "bool", "int2", "int4", "int8", "float4", "float8", "varchar", "time", "timestamp",
            "timestamptz",
        ]
        return short.firstIndex(of: name).map { own[$0].description } ?? name
    }

    /// The type of arrays of it.
    private var array: CatalogType? { arrayNumber == 0 ? nil : CatalogType(arrayOf: self) }

    private init(arrayOf element: CatalogType) {
        number = element.arrayNumber
        name = "_" + element.name
        shownName = element.shownName + "[]"
        byteCount = -1
        kind = element.kind
        category = element.kind == "p" ? "P" : "A"
        isPreferred = false
        arrayNumber = 0
        elementNumber = element.number
        (input, output, receive, send) = ("array_in", "array_out", "array_recv", "array_send")
        alignment = element.alignment == "d" ? "d" : "i"
        storage = "x"
        collation = element.collation
    }

    // MARK: Modifiers

    /// Bytes that PostgreSQL adds to a length or precision.
    private static let modifierOffset: Int64 = 4

    /// Length, or precision and scale, as the catalog packs them; -1 for none.
    package static func modifier(of type: LogicalType) -> Int64 {
        switch type {
        case .numeric(let given?):
            Int64(given.precision) << 16 | Int64(given.scale) + modifierOffset
        case .varchar(let limit?): Int64(limit) + modifierOffset
        case .array(let element): modifier(of: element)
        default: -1
        }
    }

    /// The name with what a modifier says: `numeric(12,2)`.
    package func shown(modifier: Int64?) -> String {
        guard let modifier, modifier >= Self.modifierOffset else { return shownName }
        let number = modifier - Self.modifierOffset
        if name.hasPrefix("_"), let element = Self.numbered(elementNumber) {
            return element.shown(modifier: modifier) + "[]"
        }
        switch name {
        case "numeric": return "numeric(\(number >> 16),\(number & 0xffff))"
        case "varchar", "bpchar": return "\(shownName)(\(number))"
        default: return shownName
        }
    }
}
