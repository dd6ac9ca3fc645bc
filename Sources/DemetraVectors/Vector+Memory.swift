import DemetraTypes

// Safe because rows are below the count of the references.

extension Vector {
    /// About how much memory the rows take; a dictionary shared with others is not counted.
    package var memoryBytes: Int {
        let mask = validity == nil ? 0 : count / 8
        switch storage {
        case .boolean: return mask + count
        case .int32, .dictionary: return mask + count * 4
        case .int64, .float64: return mask + count * 8
        case .int128, .interval: return mask + count * 16
        case .decimal: return mask + count * MemoryLayout<Decimal>.stride
        case .text(let texts):
            return mask + count * 8 + referencedByteCount(texts.references.pointer, count)
        case .constant: return 64
        }
    }
}

extension Batch {
    /// About how much memory the rows take.
    package var memoryBytes: Int { vectors.reduce(64) { $0 + $1.memoryBytes } }

    /// The same rows; where they need only a small part of the texts that they keep alive, with a copy of that part.
    package func compacted() -> Batch { Batch(vectors.map { $0.compacted() }, count: count) }
}

extension Vector {
    /// Texts are copied when all that are kept alive take this many times the memory.
    private static let sparseFactor = 4

    fileprivate func compacted() -> Vector {
        let keptBytes =
            switch storage {
            case .text(let texts): texts.heap.count
            case .dictionary(_, let dictionary): dictionary.byteCount
            default: 0
            }
        guard keptBytes > count * MemoryLayout<TextReference>.stride * Self.sparseFactor else {
            return self
        }
        let flat = flattened()
        guard case .text(let texts) = flat.storage,
            keptBytes > flat.memoryBytes * Self.sparseFactor
        else { return self }
        var copy = TextBuilder(capacity: count)
        for row in 0..<count { copy.append(texts.bytes(at: row)) }
        return Vector(type: type, count: count, validity: validity, storage: .text(copy.freeze()))
    }
}

extension VectorDictionary {
    fileprivate var byteCount: Int {
        count * MemoryLayout<TextReference>.stride + values.heap.count
    }
}

/// Adds up what batches take that are kept together: a dictionary that several of them share counts once.
package struct KeptMemory {
    private var dictionaries: Set<ObjectIdentifier> = []

    /// Nothing is kept.
    package init() {}

    /// About how much more memory is in use once a batch is kept, too.
    package mutating func bytes(of batch: Batch) -> Int {
        batch.vectors.reduce(batch.memoryBytes) { sum, vector in
            guard case .dictionary(_, let dictionary) = vector.storage,
                dictionaries.insert(ObjectIdentifier(dictionary)).inserted
            else { return sum }
            return sum + dictionary.byteCount
        }
    }
}
