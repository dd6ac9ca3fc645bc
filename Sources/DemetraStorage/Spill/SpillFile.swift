package import DemetraTypes
package import DemetraVectors

/// Rows of a statement that did not fit into memory, as blocks of a temporary file.
///
///     columns     UInt16
///     rows        UInt32
///     vectors     one behind the other, as in the log: type, dictionary, column
///
/// The checksum of a block is kept in memory with its place: a disk that gives back other bytes makes an error and no
/// wrong answer.
// Immutable after init, but for the file.
package final class SpillFile: Sendable {
    /// Where some rows are.
    package struct Block: Sendable {
        /// The number of rows.
        package let rowCount: Int
        /// Bytes in the file.
        package let byteCount: Int
        fileprivate let offset: Int
        fileprivate let checksum: UInt32
    }

    /// Rows that a block holds at most.
    package static let blockRows = RowGroup.capacity

    private let file: TemporaryFile

    init(_ directory: DatabaseDirectory) throws(DemetraError) {
        file = try TemporaryFile(directory, "spill")
    }

    /// Writes at most `blockRows` rows. Any thread may call it.
    ///
    /// - Throws: 53100 when the disk is full, 58030 when it fails.
    package func append(_ batch: Batch) throws(DemetraError) -> Block {
        precondition(batch.count <= Self.blockRows, "more rows than a block holds")
        var writer = ByteWriter()
        writer.write(UInt16(batch.vectors.count))
        writer.write(UInt32(batch.count))
        for vector in batch.vectors {
            VectorCodec.encode(vector.withoutUnusedTexts(), into: &writer)
        }
        let offset = try file.append(writer.bytes)
        return Block(
            rowCount: batch.count, byteCount: writer.bytes.count, offset: offset,
            checksum: Checksum.crc32c(writer.bytes))
    }

    /// The rows of a block. Any thread may call it.
    ///
    /// - Throws: XX001 when the bytes are not those that were written, 58030 when they cannot be read.
    package func read(_ block: Block) throws(DemetraError) -> Batch {
        let bytes = try file.read(at: block.offset, count: block.byteCount)
        let computed = Checksum.crc32c(bytes)
        guard computed == block.checksum else {
            throw DemetraError(
                .dataCorrupted, "checksum mismatch in temporary file \(file.title)",
                detail: "Expected crc32c \(Checksum.text(block.checksum)), computed "
                    + "\(Checksum.text(computed)), \(bytes.count) bytes at offset "
                    + "\(block.offset).",
                hint: "Look after the disk, then run the statement again.")
        }
        var reader = ByteReader(bytes, name: file.title)
        let columnCount = Int(try reader.integer(UInt16.self))
        let rowCount = Int(try reader.integer(UInt32.self))
        var vectors: [Vector] = []
        vectors.reserveCapacity(columnCount)
        for _ in 0..<columnCount {
            vectors.append(try VectorCodec.decode(&reader, name: file.title))
        }
        return Batch(vectors, count: rowCount)
    }
}

extension Store {
    /// Whether statements can put rows aside: not when the files themselves are in memory.
    package var canSpill: Bool { !directory.fileSystem.isInMemory }

    /// A file for rows of a statement, gone with the object.
    ///
    /// - Throws: 53100 or 58030 when it cannot be made.
    package func makeSpillFile() throws(DemetraError) -> SpillFile { try SpillFile(directory) }
}
