package import DemetraTypes

// Safe because the output has room for the rows of all parts, and 8 bytes more for the last word of
// a mask.

extension Vector {
    /// The rows of all parts, one part after the other; parts have the physical type of `type`.
    ///
    /// Parts with one dictionary keep it, parts with several get their merged dictionary.
    ///
    /// - Throws: 54000 when the texts together exceed 4 GiB.
    package static func concatenating(
        _ parts: [Vector], type: LogicalType
    ) throws(DemetraError) -> Vector {
        let parts = parts.filter { $0.count > 0 }
        guard let first = parts.first else { return Vector([], type: type) }
        if parts.count == 1 { return first.retyped(type) }
        let count = parts.reduce(0) { $0 + $1.count }
        if let constant = sameConstant(parts, type: type, count: count) { return constant }
        let validity = joinedValidity(parts, count: count)
        let storage =
            if type.physicalType == .text {
                try joinedTexts(parts, count: count)
            } else {
                joinedElements(parts.map { $0.flattened().storage }, count: count)
            }
        return Vector(type: type, count: count, validity: validity, storage: storage)
    }

    private static func sameConstant(
        _ parts: [Vector], type: LogicalType, count: Int
    ) -> Vector? {
        guard case .constant(let box) = parts[0].storage else { return nil }
        let isNull = box.vector.validity != nil
        for part in parts.dropFirst() {
            guard case .constant(let other) = part.storage else { return nil }
            guard other === box || (isNull && other.vector.validity != nil) else { return nil }
        }
        return .constant(box.vector.retyped(type), count: count)
    }

    private static func joinedValidity(_ parts: [Vector], count: Int) -> ValidityMask? {
        guard parts.contains(where: \.hasNulls) else { return nil }
        let bytes = BufferBuilder<UInt8>(capacity: count + 8)
        var start = 0
        for part in parts {
            let output = bytes.pointer + start
            if let mask = part.validity {
                // Whole words are written; the next part overwrites what is beyond this one.
                expandBits(mask.words.pointer, output, part.count)
            } else {
                output.update(
                    repeating: part.isConstant && part.hasNulls ? 0 : 1, count: part.count)
            }
            start += part.count
        }
        return .packing(bytes.pointer, count: count)
    }

    private static func joinedElements(_ parts: [VectorStorage], count: Int) -> VectorStorage {
        switch parts[0] {
        case .boolean:
            .boolean(joined(parts.map { if case .boolean(let part) = $0 { part } else { nil } }))
        case .int32:
            .int32(joined(parts.map { if case .int32(let part) = $0 { part } else { nil } }))
        case .int64:
            .int64(joined(parts.map { if case .int64(let part) = $0 { part } else { nil } }))
        case .float64:
            .float64(joined(parts.map { if case .float64(let part) = $0 { part } else { nil } }))
        case .int128:
            .int128(joined(parts.map { if case .int128(let part) = $0 { part } else { nil } }))
        case .decimal:
            .decimal(joined(parts.map { if case .decimal(let part) = $0 { part } else { nil } }))
        case .interval:
            .interval(joined(parts.map { if case .interval(let part) = $0 { part } else { nil } }))
        case .text, .dictionary, .constant:
            preconditionFailure("texts are joined by their own function")
        }
    }

    private static func joined<Element: BitwiseCopyable>(
        _ parts: [Buffer<Element>?]
    ) -> Buffer<Element> {
        let count = parts.reduce(0) { $0 + ($1?.count ?? 0) }
        var builder = BufferBuilder<Element>(capacity: count)
        for part in parts {
            guard let part else { preconditionFailure("parts of different physical types") }
            builder.append(part.pointer, count: part.count)
        }
        return builder.freeze()
    }

    private static func joinedTexts(
        _ parts: [Vector], count: Int
    ) throws(DemetraError) -> VectorStorage {
        if let coded = joinedCodes(parts, count: count) { return coded }
        let texts = parts.map { part -> TextBuffer in
            guard case .text(let texts) = part.flattened().storage else {
                preconditionFailure("parts of different physical types")
            }
            return texts
        }
        return .text(try TextBuffer.concatenating(texts))
    }

    /// Codes when every part is a dictionary or NULL: into the one dictionary, or a merged one.
    private static func joinedCodes(_ parts: [Vector], count: Int) -> VectorStorage? {
        var only: VectorDictionary?
        var hasSeveral = false
        for part in parts {
            if part.isConstant, part.hasNulls { continue }
            guard let dictionary = part.dictionary?.dictionary else { return nil }
            if let only, only !== dictionary { hasSeveral = true }
            only = dictionary
        }
        guard let only else { return nil }
        let merged = MergedDictionary(isTrivial: !hasSeveral)
        let codes = BufferBuilder<Int32>(capacity: count)
        var start = 0
        for part in parts {
            if let (source, dictionary) = part.dictionary {
                guard
                    merged.translate(
                        source, dictionary, validity: part.validity, codes.pointer + start)
                else { return nil }
            } else {
                (codes.pointer + start).update(repeating: 0, count: part.count)
            }
            start += part.count
        }
        let dictionary = hasSeveral ? merged.dictionary() : only
        guard dictionary.count > 0 else { return nil }
        return .dictionary(codes: codes.freeze(count: count), dictionary)
    }
}
