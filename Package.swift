// swift-tools-version: 6.2
import PackageDescription

// The map of Demetra: three rings, arrows point down. ArchitectureTests compare this file with the imports.

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    + (Context.environment["DEMETRA_INVARIANTS"] == nil ? [] : [.define("DEMETRA_INVARIANTS")])

/// A Demetra target: its arrows to other Demetra targets, then its libraries.
func demetra(
    _ name: String, _ arrows: [String] = [], libraries: [Target.Dependency] = [],
    readme: Bool = false
) -> Target {
    .target(
        name: "Demetra\(name)",
        dependencies: arrows.map { .target(name: "Demetra\($0)") } + libraries,
        exclude: readme ? ["README.md"] : [],
        swiftSettings: settings)
}

/// The tests of one target, by Swift Testing.
func tests(
    _ name: String, _ arrows: [String], libraries: [Target.Dependency] = [],
    resources: Bool = false
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: arrows.map { .target(name: $0) } + libraries,
        exclude: resources ? ["Cases"] : [], swiftSettings: settings)
}

let core: [Target] = [
    demetra("Types"),
    demetra("Vectors", ["Types"]),
    .target(
        name: "DemetraSQL", dependencies: ["DemetraTypes"], exclude: ["README.md"],
        swiftSettings: settings, plugins: ["GrammarPlugin"]),
    demetra("Catalog", ["Types"]),
    demetra("Functions", ["Types", "Vectors"], readme: true),
    demetra("Formats", ["Types", "Vectors"], libraries: ["CShims"]),
    demetra(
        "Storage", ["Types", "Vectors", "Catalog"], libraries: ["CLZ4", "CShims"], readme: true),
    demetra("Planner", ["Types", "SQL", "Catalog", "Functions"], readme: true),
    demetra(
        "Engine",
        [
            "Types", "Vectors", "SQL", "Catalog", "Functions", "Formats", "Storage", "Planner",
        ], readme: true),
]

let product: [Target] = [
    demetra(
        "Analytics", ["Types", "Vectors", "Functions"], libraries: ["CShims"], readme: true),
    demetra("Alerts", ["Types", "Catalog", "Planner", "Engine"], readme: true),
    demetra(
        "",
        [
            "Types", "Vectors", "SQL", "Catalog", "Functions", "Formats", "Storage", "Planner",
            "Engine", "Analytics", "Alerts",
        ]),
]

let edge: [Target] = [
    demetra(
        "Wire", ["", "Engine", "Formats", "Functions"],
        libraries: [
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ], readme: true),
    demetra(
        "Connectors", [""],
        libraries: [
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ], readme: true),
    .executableTarget(
        name: "DemetraCLI",
        dependencies: [
            "Demetra", "DemetraConnectors", "DemetraWire", "DemetraEngine", "DemetraFormats",
            "CLibPQ", "CReadline",
            "CShims",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: settings, plugins: ["SamplePlugin"]),
    .executableTarget(
        name: "EmbeddingSample", dependencies: ["Demetra"], path: "Samples/embedding",
        swiftSettings: settings),
]

let support: [Target] = [
    demetra("Testing", ["Types", "Storage"]),
    demetra(
        "Fuzzing",
        [
            "Types", "Vectors", "SQL", "Catalog", "Functions", "Formats", "Planner", "Analytics",
            "", "Wire",
        ], libraries: [.product(name: "NIOCore", package: "swift-nio")]),
    .executableTarget(name: "GrammarCompiler", swiftSettings: settings),
    .plugin(
        name: "GrammarPlugin", capability: .buildTool(), dependencies: ["GrammarCompiler"],
        path: "Sources/GrammarPlugin"),
    .executableTarget(name: "SampleEmbedder", swiftSettings: settings),
    .plugin(
        name: "SamplePlugin", capability: .buildTool(), dependencies: ["SampleEmbedder"],
        path: "Sources/SamplePlugin"),
    .target(name: "CShims"),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    // Without pkgConfig: the module map links the library, and its flags are ones SwiftPM refuses.
    .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
    // A target of its own functions, not a library that is linked: see forward.c.
    .target(name: "CLibPQ"),
]

/// What `Tests/fuzz` builds besides, with libFuzzer; nothing else can link it.
let fuzzing: [Target] =
    Context.environment["DEMETRA_FUZZING"] == nil
    ? []
    : [
        .systemLibrary(name: "CFuzzer"),
        .executableTarget(
            name: "DemetraFuzzer", dependencies: ["DemetraFuzzing", "CFuzzer"],
            swiftSettings: settings),
    ]

let package = Package(
    name: "demetra",
    products: [
        .library(name: "Demetra", targets: ["Demetra"]),
        .executable(name: "demetra", targets: ["DemetraCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
    ],
    targets: core + product + edge + support + fuzzing + [
        tests("Architecture", []),
        tests("DemetraConnectors", ["Demetra", "DemetraConnectors"]),
        tests("DemetraTypes", ["DemetraTypes"]),
        tests("DemetraVectors", ["DemetraTypes", "DemetraVectors", "DemetraTesting"]),
        tests("DemetraCatalog", ["DemetraTypes", "DemetraCatalog"]),
        tests(
            "Demetra",
            ["DemetraTypes", "DemetraVectors", "DemetraEngine", "Demetra", "DemetraTesting"]),
        tests("DemetraSQL", ["DemetraTypes", "DemetraSQL", "DemetraFuzzing"]),
        tests(
            "DemetraFormats",
            ["DemetraTypes", "DemetraVectors", "DemetraFormats", "DemetraTesting"]),
        tests("DemetraFuzzing", ["DemetraFuzzing"]),
        tests(
            "DemetraFunctions",
            ["DemetraTypes", "DemetraVectors", "DemetraFunctions", "DemetraTesting"]),
        tests(
            "DemetraStorage",
            [
                "DemetraTypes", "DemetraVectors", "DemetraCatalog", "DemetraStorage",
                "DemetraTesting",
            ]),
        tests(
            "DemetraPlanner",
            [
                "DemetraTypes", "DemetraSQL", "DemetraCatalog", "DemetraFunctions",
                "DemetraPlanner",
            ]),
        tests("DemetraEngine", ["DemetraTypes", "Demetra", "DemetraTesting"]),
        tests(
            "DemetraAnalytics",
            ["DemetraTypes", "DemetraVectors", "DemetraFunctions", "DemetraAnalytics"]),
        tests(
            "DemetraAlerts",
            [
                "DemetraTypes", "DemetraStorage", "DemetraPlanner", "DemetraAlerts", "Demetra",
                "DemetraTesting",
            ]),
        tests(
            "DemetraWire",
            ["DemetraTypes", "DemetraFunctions", "DemetraWire", "Demetra", "DemetraTesting"],
            libraries: [.product(name: "NIOCore", package: "swift-nio")]),
    ])
