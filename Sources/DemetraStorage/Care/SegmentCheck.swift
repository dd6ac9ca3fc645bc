import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Reads a whole segment and compares it with what its footer, and whoever names it, say of it.
struct SegmentCheck {
    /// What was found in one segment.
    struct Result: Sendable {
        var findings: [CheckReport.Finding] = []
        var chunkCount = 0
    }

    let record: SegmentRecord
    let directory: DatabaseDirectory

    private var file: String { directory.segmentName(record.table, record.id) }

    func run() -> Result {
        var result = Result()
        let reader: SegmentReader
        do throws(DemetraError) {
            // A record without groups was made up for a file that nobody names.
            reader =
                record.groups.isEmpty
                ? try SegmentReader.open(record.table, record.id, in: directory)
                : try SegmentReader.open(record, in: directory)
        } catch {
            result.findings.append(opening(error))
            return result
        }
        checkMagic(&result)
        checkPlaces(reader, &result)
        // Dictionaries that cannot be read would be named for each row group that needs them.
        var unreadable: Set<Int> = []
        for (position, column) in reader.footer.columns.enumerated() {
            guard let location = column.dictionary else { continue }
            if !checkDictionary(reader, column, location, &result) { unreadable.insert(position) }
        }
        for group in reader.footer.groups.indices {
            checkNumbers(reader, group, &result)
            for column in reader.footer.columns.indices where !unreadable.contains(column) {
                checkColumn(reader, group, column, &result)
                checkFilter(reader, group, column, &result)
            }
        }
        return result
    }

    // MARK: File

    /// What kept the segment from being opened, with the footer's checksums where it is those.
    private func opening(_ error: DemetraError) -> CheckReport.Finding {
        let trailerBytes = SegmentFooter.trailerBytes
        guard let bytes = try? ClosedDatabase.bytes(file, directory),
            bytes.count >= trailerBytes, Array(bytes.suffix(8)) == SegmentFooter.magic
        else { return CheckReport.Finding(error, file: file) }
        var reader = ByteReader(Array(bytes.suffix(trailerBytes)), name: file)
        let end = bytes.count - trailerBytes
        guard let length = try? Int(reader.integer(UInt32.self)), length <= end,
            let stored = try? reader.integer(UInt32.self)
        else { return CheckReport.Finding(error, file: file) }
        let computed = Checksum.crc32c(bytes[(end - length)..<end])
        return CheckReport.Finding(
            .damage, file: file, place: "footer", offset: end - length, byteCount: length,
            stored: stored, computed: computed, error.message, detail: error.detail)
    }

    private func checkMagic(_ result: inout Result) {
        let count = SegmentFooter.magic.count
        let path = directory.path + "/" + file
        let bytes = try? directory.fileSystem.openForReading(path).read(at: 0, count: count)
        guard bytes != SegmentFooter.magic else { return }
        result.findings.append(
            CheckReport.Finding(
                .damage, file: file, place: "beginning", offset: 0, byteCount: count,
                "segment \"\(file)\" does not begin as segments do",
                detail: "Its rows are not concerned."))
    }

    /// Chunks lie between the beginning and the footer, and do not overlap.
    private func checkPlaces(_ reader: SegmentReader, _ result: inout Result) {
        let footer = reader.footer
        var places = footer.columns.compactMap(\.dictionary)
        for group in footer.groups {
            places += group.chunks + group.filters.values
            if let numbers = group.numbers { places.append(numbers) }
        }
        places.sort { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
        var end = SegmentFooter.magic.count
        for place in places {
            guard place.offset >= end, place.offset + place.byteCount <= reader.byteCount else {
                result.findings.append(
                    CheckReport.Finding(
                        .damage, file: file, place: "footer", offset: place.offset,
                        byteCount: place.byteCount,
                        "segment \"\(file)\" has chunks that overlap or lie outside of it"))
                return
            }
            end = place.offset + place.byteCount
        }
    }

    // MARK: Chunks

    /// The checksum of a chunk; false when it is wrong, and reported.
    private func checkBytes(
        _ reader: SegmentReader, _ location: ChunkLocation, _ place: String, _ result: inout Result
    ) -> Bool {
        result.chunkCount += 1
        do throws(DemetraError) {
            let bytes = try reader.unverified(location)
            let computed = Checksum.crc32c(bytes)
            if bytes.count == location.byteCount, computed == location.checksum { return true }
            result.findings.append(
                CheckReport.Finding(
                    .damage, file: file, place: place, offset: location.offset,
                    byteCount: location.byteCount, stored: location.checksum, computed: computed,
                    "checksum mismatch in segment \"\(file)\", \(place)",
                    detail: bytes.count == location.byteCount
                        ? nil : "Only \(bytes.count) bytes could be read."))
        } catch {
            result.findings.append(CheckReport.Finding(error, file: file, place: place))
        }
        return false
    }

    private func checkDictionary(
        _ reader: SegmentReader, _ column: SegmentFooter.Column, _ location: ChunkLocation,
        _ result: inout Result
    ) -> Bool {
        let place = "dictionary of column \"\(column.name)\""
        guard checkBytes(reader, location, place, &result) else { return false }
        do throws(DemetraError) {
            let read = try DictionaryCodec.decode(
                try reader.unverified(location), name: "segment \"\(file)\", \(place)")
            if read.count == column.distinctCount { return true }
            report(
                "has \(read.count) texts instead of \(column.distinctCount)", place, location,
                &result)
        } catch {
            result.findings.append(CheckReport.Finding(error, file: file, place: place))
        }
        return false
    }

    private func checkNumbers(_ reader: SegmentReader, _ index: Int, _ result: inout Result) {
        let group = reader.footer.groups[index]
        let place = "row group \(index), row ids"
        guard let location = group.numbers else {
            if group.last - group.first + 1 != Int64(group.count) {
                report(
                    "has \(group.count) rows of ids \(group.first) to \(group.last)", place,
                    nil, &result)
            }
            return
        }
        guard checkBytes(reader, location, place, &result) else { return }
        do throws(DemetraError) {
            guard case .int64(let ids) = try reader.numbers(group: index).storage else { return }
            let sorted = ids.array.sorted()
            let isRepeated = zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
            if sorted.first != group.first || sorted.last != group.last || isRepeated {
                report(
                    "has row ids other than \(group.first) to \(group.last), each once", place,
                    location, &result)
            }
        } catch {
            result.findings.append(CheckReport.Finding(error, file: file, place: place))
        }
    }

    private func checkColumn(
        _ reader: SegmentReader, _ group: Int, _ column: Int, _ result: inout Result
    ) {
        let location = reader.footer.groups[group].chunks[column]
        let place = "row group \(group), column \"\(reader.footer.columns[column].name)\""
        guard checkBytes(reader, location, place, &result) else { return }
        do throws(DemetraError) {
            let vector = try reader.decode(group: group, column: column)
            let stored = reader.footer.groups[group].zoneMaps[column]
            if !ZoneMap(vector).isSame(as: stored) {
                report(
                    "does not have the extremes, NULLs and sum that its zone map says", place,
                    location, &result)
            }
        } catch {
            result.findings.append(CheckReport.Finding(error, file: file, place: place))
        }
    }

    /// A filter must not deny a value that is there: its row would never be found again.
    private func checkFilter(
        _ reader: SegmentReader, _ group: Int, _ column: Int, _ result: inout Result
    ) {
        guard let location = reader.footer.groups[group].filters[column] else { return }
        let about = reader.footer.columns[column]
        let place = "row group \(group), filter of column \"\(about.name)\""
        guard checkBytes(reader, location, place, &result) else { return }
        do throws(DemetraError) {
            let filter = try BloomFilter(
                try reader.unverified(location), name: "segment \"\(file)\", \(place)")
            // A column that cannot be read was reported.
            guard let vector = try? reader.decode(group: group, column: column) else { return }
            let isDenied = (0..<vector.count).contains { row in
                KeyHash.hash(vector.value(at: row), type: about.type)
                    .map { !filter.mayContain($0) } ?? false
            }
            if isDenied { report("denies a value that is there", place, location, &result) }
        } catch {
            result.findings.append(CheckReport.Finding(error, file: file, place: place))
        }
    }

    private func report(
        _ what: String, _ place: String, _ location: ChunkLocation?, _ result: inout Result
    ) {
        result.findings.append(
            CheckReport.Finding(
                .damage, file: file, place: place, offset: location?.offset,
                byteCount: location?.byteCount, "segment \"\(file)\", \(place) \(what)"))
    }
}

extension ZoneMap {
    /// Equal to the bit: NaN is NaN, and zero is not minus zero.
    func isSame(as other: ZoneMap) -> Bool {
        func bytes(_ map: ZoneMap) -> [UInt8] {
            var writer = ByteWriter()
            ValueCodec.encode(map.minimum, into: &writer)
            ValueCodec.encode(map.maximum, into: &writer)
            return writer.bytes
        }
        return nullCount == other.nullCount && rowCount == other.rowCount && sum == other.sum
            && bytes(self) == bytes(other)
    }
}
