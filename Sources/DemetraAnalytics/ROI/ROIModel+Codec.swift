package import DemetraFunctions
package import DemetraTypes

// The bytes of a model, all numbers little-endian, counts and text lengths as 8 bytes:
//
//     "DMRM"            magic
//     version           1 byte, now 3; 1 had no row counts of leaves and no centers of linear models, 2 no task
//                       and no rates
//     name, target, notice, level, break-even, limits, training time, signal, quality
//     features          name, column, source, borders, names
//     group             0, or 1 and a feature
//     intervals         pooled group, then groups: row count, residuals
//     unconditional     one group
//     folds             baseline; correction kind 0 none, 1 trees, 2 linear; its content
//     importances       feature, share, deviation, contribution, direction
//     task              1 byte
//     rates             bins of all rows, then of groups: border, mean prediction, true rows, rows
//     refresh           microseconds, 0 for never
//     checksum          8 bytes, FNV-1a of everything before

extension ROIModel {
    private static let magic: [UInt8] = Array("DMRM".utf8)
    private static let version: UInt8 = 3

    /// The model as bytes, equal for equal models.
    package func encoded() -> [UInt8] {
        var writer = ModelWriter()
        for byte in Self.magic { writer.write(byte) }
        writer.write(Self.version)
        for text in [name, target, notice] { writer.write(text) }
        for value in [level, breakEven, limits.lower, limits.upper] { writer.write(value) }
        writer.write(UInt64(bitPattern: trainedAt.microseconds))
        writer.write(signal.rawValue)
        writer.write(quality.rowCount)
        for value in [
            quality.r2, quality.meanAbsoluteError, quality.baselineError, quality.skill,
            quality.coverage,
        ] { writer.write(value) }
        writer.write(features.count)
        for feature in features { Self.write(feature, &writer) }
        writer.write(UInt8(group == nil ? 0 : 1))
        if let group { Self.write(group, &writer) }
        Self.write(intervals.pooled, &writer)
        writer.write(intervals.groups.count)
        for group in intervals.groups { Self.write(group, &writer) }
        Self.write(unconditional, &writer)
        writer.write(folds.count)
        for fold in folds { Self.write(fold, &writer) }
        writer.write(importances.count)
        for importance in importances {
            writer.write(importance.feature)
            for value in [importance.share, importance.deviation, importance.contribution] {
                writer.write(value)
            }
            writer.write(importance.direction)
        }
        writer.write(task.rawValue)
        Self.write(rates, &writer)
        writer.write(Int(refreshPeriod ?? 0))
        writer.write(Self.checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// A model from its bytes.
    ///
    /// - Throws: XX001 for damaged bytes, 0A000 for a version this build does not know.
    package init(encoded bytes: [UInt8]) throws(DemetraError) {
        guard bytes.count > 16, Array(bytes.prefix(4)) == Self.magic else {
            throw ModelReader.damaged
        }
        let version = bytes[4]
        guard (1...Self.version).contains(version) else {
            throw DemetraError(
                .featureNotSupported,
                "the model is of version \(version), this build reads 1 to \(Self.version)")
        }
        var tail = ModelReader(Array(bytes.suffix(8)))
        guard try tail.word() == Self.checksum(bytes.dropLast(8)) else { throw ModelReader.damaged }
        var reader = ModelReader(Array(bytes.dropFirst(5).dropLast(8)))
        name = try reader.text()
        target = try reader.text()
        notice = try reader.text()
        level = try reader.double()
        breakEven = try reader.double()
        limits = (try reader.double(), try reader.double())
        trainedAt = Timestamp(microseconds: Int64(bitPattern: try reader.word()))
        guard let signal = ModelSignal(rawValue: try reader.byte()) else {
            throw ModelReader.damaged
        }
        self.signal = signal
        quality = Quality(
            rowCount: try reader.int(), r2: try reader.double(),
            meanAbsoluteError: try reader.double(), baselineError: try reader.double(),
            skill: try reader.double(), coverage: try reader.double())
        var features: [FeatureDefinition] = []
        for _ in 0..<(try reader.count(itemByteCount: 9)) {
            features.append(try Self.feature(&reader))
        }
        self.features = features
        group = try reader.byte() == 1 ? try Self.feature(&reader) : nil
        let pooled = try Self.group(&reader)
        var groups: [ResidualIntervals.Group] = []
        for _ in 0..<(try reader.count(itemByteCount: 16)) {
            groups.append(try Self.group(&reader))
        }
        intervals = ResidualIntervals(pooled: pooled, groups: groups)
        unconditional = try Self.group(&reader)
        var folds: [FoldModel] = []
        for _ in 0..<(try reader.count(itemByteCount: 17)) {
            folds.append(try Self.fold(&reader, features: features, version: version))
        }
        self.folds = folds
        importances = try Self.importances(&reader)
        if version >= 3 {
            guard let task = ModelTask(rawValue: try reader.byte()) else {
                throw ModelReader.damaged
            }
            self.task = task
            rates = try Self.rates(&reader)
            let period = try reader.int()
            refreshPeriod = period == 0 ? nil : Int64(period)
        }
        guard reader.remaining == 0 else { throw ModelReader.damaged }
    }

    /// When a model wants to be trained again, without reading the whole of it.
    package static func schedule(encoded bytes: [UInt8]) -> ModelSchedule? {
        guard bytes.count > 32, Array(bytes.prefix(4)) == magic, bytes[4] >= 3 else { return nil }
        var tail = ModelReader(Array(bytes.suffix(16).prefix(8)))
        guard let period = try? tail.int(), period > 0 else { return nil }
        var head = ModelReader(Array(bytes.dropFirst(5)))
        do throws(DemetraError) {
            for _ in 0..<3 { _ = try head.text() }
            for _ in 0..<4 { _ = try head.double() }
            return ModelSchedule(
                trainedAt: Timestamp(microseconds: Int64(bitPattern: try head.word())),
                period: Int64(period))
        } catch { return nil }
    }

    private static func importances(
        _ reader: inout ModelReader
    ) throws(DemetraError) -> [Importance] {
        var found: [Importance] = []
        for _ in 0..<(try reader.count(itemByteCount: 40)) {
            found.append(
                Importance(
                    feature: try reader.text(), share: try reader.double(),
                    deviation: try reader.double(), contribution: try reader.double(),
                    direction: try reader.text()))
        }
        return found
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    private static func write(_ feature: FeatureDefinition, _ writer: inout ModelWriter) {
        writer.write(feature.name)
        writer.write(feature.column)
        writer.write(feature.source.rawValue)
        writer.write(feature.borders)
        writer.write(feature.names.count)
        for name in feature.names { writer.write(name) }
    }

    private static func feature(
        _ reader: inout ModelReader
    ) throws(DemetraError) -> FeatureDefinition {
        let (name, column) = (try reader.text(), try reader.text())
        guard let source = FeatureDefinition.Source(rawValue: try reader.byte()) else {
            throw ModelReader.damaged
        }
        let borders = try reader.doubles()
        var names: [String] = []
        for _ in 0..<(try reader.count(itemByteCount: 8)) { names.append(try reader.text()) }
        let limit = FeatureDefinition.codeLimit
        guard borders.count < limit, names.count <= limit else { throw ModelReader.damaged }
        return FeatureDefinition(
            name: name, column: column, source: source, borders: borders, names: names)
    }

    private static func write(_ group: ResidualIntervals.Group, _ writer: inout ModelWriter) {
        writer.write(group.rowCount)
        writer.write(group.residuals)
    }

    private static func group(
        _ reader: inout ModelReader
    ) throws(DemetraError) -> ResidualIntervals.Group {
        let rowCount = try reader.int()
        let residuals = try reader.doubles()
        guard residuals.isEmpty == (rowCount == 0) else { throw ModelReader.damaged }
        return ResidualIntervals.Group(rowCount: rowCount, residuals: residuals)
    }
}
