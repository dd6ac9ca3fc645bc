/// The map of the house: which target may use which, and what each may take from outside.
///
/// Arrows point down. A change here is a change of the architecture and needs a decision in
/// `docs/decisions`.
enum ArchitectureMap {
    /// The targets that know no network, no Foundation, no clock and no disk.
    static let core: Set<String> = [
        "DemetraTypes", "DemetraVectors", "DemetraSQL", "DemetraCatalog", "DemetraFunctions",
        "DemetraFormats", "DemetraStorage", "DemetraPlanner", "DemetraEngine", "DemetraAnalytics",
    ]

    /// Demetra targets that a target may import.
    static let arrows: [String: Set<String>] = [
        "DemetraTypes": [],
        "DemetraVectors": ["DemetraTypes"],
        "DemetraSQL": ["DemetraTypes"],
        "DemetraCatalog": ["DemetraTypes"],
        "DemetraFunctions": ["DemetraTypes", "DemetraVectors"],
        "DemetraFormats": ["DemetraTypes", "DemetraVectors"],
        "DemetraStorage": ["DemetraTypes", "DemetraVectors", "DemetraCatalog"],
        "DemetraPlanner": ["DemetraTypes", "DemetraSQL", "DemetraCatalog", "DemetraFunctions"],
        "DemetraEngine": [
            "DemetraTypes", "DemetraVectors", "DemetraSQL", "DemetraCatalog", "DemetraFunctions",
            "DemetraFormats", "DemetraStorage", "DemetraPlanner",
        ],
        "DemetraAnalytics": ["DemetraTypes", "DemetraVectors", "DemetraFunctions"],
        // Rules are bound and planned as queries: docs/decisions/0005-alerts-are-queries.md.
        "DemetraAlerts": [
            "DemetraTypes", "DemetraVectors", "DemetraCatalog", "DemetraPlanner", "DemetraEngine",
        ],
        "Demetra": core.union(["DemetraAlerts"]),
        // The wire server runs statements with an output of its own, and shows its settings; both
        // are the engine's, see docs/decisions/0003-statement-output.md. The binary form of values is that of
        // COPY: docs/decisions/0036-one-inbox-a-session.md.
        // Log-ins are checked with the digests that SQL has: docs/decisions/0039-log-ins.md.
        "DemetraWire": ["Demetra", "DemetraEngine", "DemetraFormats", "DemetraFunctions"],
        // Whom the program asks outside: docs/decisions/0047-language-models-rewrite-and-are-checked.md.
        "DemetraConnectors": ["Demetra"],
        "DemetraCLI": [
            "Demetra", "DemetraConnectors", "DemetraWire", "DemetraEngine", "DemetraFormats",
        ],
        // Everything that reads bytes from outside: docs/decisions/0028-fuzzing.md.
        "DemetraFuzzing": core.subtracting(["DemetraStorage", "DemetraEngine"])
            .union(["Demetra", "DemetraWire"]),
        "DemetraFuzzer": ["DemetraFuzzing"],
        "DemetraTesting": [
            "Demetra", "DemetraTypes", "DemetraVectors", "DemetraCatalog", "DemetraStorage",
        ],
    ]

    /// Modules from outside the package that a target may import besides Synchronization.
    static let outside: [String: Set<String>] = [
        "DemetraTypes": ["Glibc"],
        "DemetraVectors": ["Glibc", "CShims"],
        "DemetraSQL": [],
        "DemetraCatalog": [],
        "DemetraFunctions": ["Glibc"],
        "DemetraFormats": ["Glibc", "CShims"],
        "DemetraStorage": ["Glibc", "CLZ4", "CShims"],
        "DemetraPlanner": [],
        "DemetraEngine": [],
        // The leaves of many rows by the processor's vectors: docs/decisions/0049-splits-as-rules.md.
        "DemetraAnalytics": ["CShims", "Glibc"],
        "DemetraAlerts": [],
        "Demetra": ["Glibc"],
        "DemetraWire": ["Glibc", "NIOCore", "NIOPosix", "NIOSSL"],
        "DemetraConnectors": ["NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL"],
        "DemetraCLI": [
            "ArgumentParser", "CLibPQ", "CReadline", "CShims", "Foundation", "Glibc",
        ],
        "DemetraTesting": ["Glibc"],
        "DemetraFuzzing": ["NIOCore"],
        "DemetraFuzzer": ["CFuzzer", "Glibc"],
        "GrammarCompiler": ["Foundation"],
        "SampleEmbedder": ["Foundation"],
        "SamplePlugin": ["Foundation", "PackagePlugin"],
        "GrammarPlugin": ["Foundation", "PackagePlugin"],
    ]

    /// Functions of the C library that are arithmetic, so that every file of the core may call them.
    static let mathematics: Set<String> = [
        "acos", "asin", "atan", "atan2", "cbrt", "ceil", "cos", "cosh", "erf", "erfc", "exp",
        "expm1",
        "floor", "fmod", "frexp", "ldexp", "lgamma", "log", "log10", "log1p", "log2", "pow", "rint",
        "sin", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc",
    ]

    /// Files of the core that call more of the C library than mathematics, with what they need it for.
    static let systemFiles: [String: String] = [
        "Sources/DemetraTypes/Concurrency/Monitor.swift": "mutex and condition of a monitor",
        "Sources/DemetraTypes/Concurrency/SystemThread.swift": "threads of the worker pool",
        "Sources/DemetraStorage/FileSystem/PosixFileSystem.swift": "the one door to the disk",
        "Sources/DemetraFormats/FieldValues/DoubleFields.swift": "strtod for long decimals",
        "Sources/DemetraTypes/Text/FloatText.swift": "snprintf, for rounding to given digits",
        "Sources/DemetraVectors/Kernels/Compare/Ordering.swift": "memcmp",
    ]
}
