import Testing

/// Arrows between targets: the map, `Package.swift` and the imports of the files say the same.
@Suite struct `Arrows point down` {
    @Test func `Package.swift has no arrow that the map does not have`() throws {
        let manifest = try PackageManifest.load()
        #expect(manifest.dependencies.count > 12, "SwiftPM did not tell the targets")
        for (target, uses) in manifest.dependencies {
            guard let arrows = ArchitectureMap.arrows[target] else {
                let isProduct = target.hasPrefix("Demetra") && !target.hasSuffix("Tests")
                #expect(!isProduct, "\(target) is not on the map")
                continue
            }
            let used = uses.filter { $0.hasPrefix("Demetra") }
            #expect(used.subtracting(arrows) == [], "\(target) may not depend on these")
            let outside = ArchitectureMap.outside[target] ?? []
            let libraries = uses.subtracting(used)
            #expect(libraries.subtracting(outside) == [], "\(target) may not use these")
        }
    }

    @Test func `no target can reach itself`() {
        for target in ArchitectureMap.arrows.keys {
            var reached: Set<String> = []
            var open = Array(ArchitectureMap.arrows[target] ?? [])
            while let next = open.popLast() {
                if reached.insert(next).inserted { open += ArchitectureMap.arrows[next] ?? [] }
            }
            #expect(!reached.contains(target), "\(target) depends on itself")
        }
    }

    @Test func `files import what the map allows, and nothing else`() {
        for file in SourceTree.sources {
            let allowed = (ArchitectureMap.arrows[file.target] ?? [])
                .union(ArchitectureMap.outside[file.target] ?? []).union(["Synchronization"])
            let imports = Set(file.imports)
            #expect(imports.subtracting(allowed) == [], "\(file) imports what it may not")
        }
    }

    @Test func `every arrow of Package.swift is used by a file`() throws {
        let manifest = try PackageManifest.load()
        // The composition root names all that it is made of; a plugin runs its tool and imports nothing.
        let exceptions = ["Demetra", "GrammarPlugin", "SamplePlugin"]
        for (target, uses) in manifest.dependencies
        where !target.hasSuffix("Tests") && !exceptions.contains(target) {
            let files = SourceTree.files(ofTarget: target)
            guard !files.isEmpty else { continue }
            let imports = Set(files.flatMap(\.imports))
            #expect(uses.subtracting(imports) == [], "\(target) depends on what no file imports")
        }
    }

    @Test func `imports are sorted, once each`() {
        for file in SourceTree.sources {
            #expect(Set(file.imports).count == file.imports.count, "\(file)")
            let plain = file.imports.filter { name in
                !file.code.contains { $0.contains(" \(name).") && $0.contains("import ") }
            }
            #expect(plain == plain.sorted(), "\(file)")
        }
    }
}

/// What the core must not know.
@Suite struct `The core comes without an outside` {
    @Test func `no file of the core imports Foundation, a network or a terminal`() {
        let banned: Set<String> = [
            "Foundation", "FoundationEssentials", "Dispatch", "NIOCore", "NIOPosix", "CReadline",
            "ArgumentParser",
        ]
        for file in SourceTree.sources where ArchitectureMap.core.contains(file.target) {
            #expect(banned.intersection(file.imports) == [], "\(file)")
        }
    }

    @Test func `the system is called in the listed seams alone`() {
        let call =
            #/(?:^|[^.\w])(?:open|close|read|write|pread|pwrite|fopen|fread|fwrite|stat|access|unlink|rename|mkdir|opendir|readdir|fsync|fdatasync|ftruncate|flock|fcntl|mmap|socket|connect|getenv|setenv|time|gettimeofday|clock_gettime|localtime|gmtime|random|rand|arc4random|sleep|usleep|fork|kill|signal|pthread_\w+|strtod|strtol|memcmp|sysconf|getpid|errno)\(/#
        for file in SourceTree.sources
        where ArchitectureMap.core.contains(file.target) && file.imports.contains("Glibc") {
            guard ArchitectureMap.systemFiles[file.path] == nil else { continue }
            let calls = file.matches(call).filter { !$0.text.contains("func ") }
            #expect(calls.isEmpty, "\(file): only mathematics may be called here: \(calls)")
            #expect(!file.callsOfMathematics.isEmpty, "\(file) imports Glibc for nothing")
        }
        for path in ArchitectureMap.systemFiles.keys {
            let file = SourceTree.sources.first { $0.path == path }
            #expect(file?.imports.contains("Glibc") == true, "\(path) needs no place in the list")
        }
    }

    @Test func `neither clock nor chance is asked directly`() {
        let pattern =
            #/\b(?:Date\(\)|SystemRandomNumberGenerator|ContinuousClock|SuspendingClock|UUID\(\))|\.random\(in:[^,]*\)/#
        for file in SourceTree.sources where ArchitectureMap.core.contains(file.target) {
            #expect(file.matches(pattern).isEmpty, "\(file) must be given a clock or a seed")
        }
    }
}

extension SourceFile {
    private static let modifiers: [Substring] = [
        "public", "package", "internal", "@_exported", "@preconcurrency",
    ]

    /// The modules that the file imports, in order.
    var imports: [String] {
        code.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy(Self.modifiers.contains)
            else { return nil }
            // `import enum DemetraCatalog.AlertSeverity` imports of DemetraCatalog.
            if let name = words[(place + 1)...].last?.split(separator: ".").first {
                return String(name)
            }
            return nil
        }
    }

    /// The functions of mathematics that the file calls, and the methods that need its library.
    var callsOfMathematics: Set<String> {
        let names = code.flatMap { line in
            line.matches(of: #/(\.?)\b([a-z][a-z0-9]*)\(/#).filter { $0.output.1.isEmpty }
                .map { String($0.output.2) }
        }
        let methods = code.contains { $0.contains(#/\.rounded\(|\.squareRoot\(/#) }
        return ArchitectureMap.mathematics.intersection(names).union(methods ? ["rounded"] : [])
    }
}
