package import DemetraTypes

// Arrays in vectors.
//
// Safe because bytes are read below the reference of their row.

extension Vector {
    /// The same arrays by what decides whether they are equal: of numbers without a scale of their own and of
    /// intervals, which may look different and be equal. Any other vector as it is.
    @inline(__always)
    var comparableArrays: Vector {
        guard case .array(let element) = type,
            element.physicalType == .decimal || element == .interval
        else { return self }
        return arraysCutToKeys(ArrayLayout(element: element))
    }

    private func arraysCutToKeys(_ layout: ArrayLayout) -> Vector {
        if case .constant(let one) = storage {
            return .constant(one.vector.arraysCutToKeys(layout), count: count)
        }
        let flat = flattened()
        guard case .text(let texts) = flat.storage else { return self }
        let references = BufferBuilder<TextReference>(capacity: count)
        for row in 0..<count {
            let reference = texts.references[row]
            references.pointer[row] = TextReference(
                offset: Int(reference.offset),
                byteCount: layout.elementsByteCount(texts.bytes(at: row)))
        }
        return Vector(
            type: type, count: count, validity: flat.validity,
            storage: .text(
                TextBuffer(references: references.freeze(count: count), heap: texts.heap)))
    }

    /// The elements of the array in row `row`, which is not NULL.
    package func arrayValues(at row: Int) -> [Value] {
        let arrays = ArrayRows(self)
        return arrays.items(row).map { ArrayElementReader(arrays.layout).value($0) }
    }
}

/// The arrays of a vector, row by row.
package struct ArrayRows {
    /// The layout of the arrays.
    package let layout: ArrayLayout
    private let texts: TextBuffer
    private let codes: Buffer<Int32>?
    private let isConstant: Bool
    private let vector: Vector

    /// The arrays of a vector of an array type.
    package init(_ vector: Vector) {
        layout = ArrayLayout(element: vector.type.arrayElement ?? .text)
        self.vector = vector
        var source = vector
        if case .constant(let one) = vector.storage { source = one.vector }
        isConstant = vector.isConstant
        switch source.storage {
        case .text(let texts): (self.texts, codes) = (texts, nil)
        case .dictionary(let codes, let dictionary):
            (texts, self.codes) = (dictionary.values, codes)
        default: preconditionFailure("arrays are kept as bytes")
        }
    }

    /// False for NULL.
    package func isValid(_ row: Int) -> Bool { vector.isValid(row) }

    /// The elements of a row; NULL has none.
    package func items(_ row: Int) -> ArrayItems { ArrayItems(bytes(row), layout) }

    /// The bytes of a row; NULL has none.
    package func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let row = isConstant ? 0 : row
        guard let codes else { return texts.bytes(at: row) }
        guard vector.isValid(row) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return texts.bytes(at: Int(codes[row]))
    }

    /// Appends an element to a builder of the element type.
    package func append(_ item: ArrayItem, to builder: inout VectorBuilder) {
        ArrayElementReader(layout).append(item, to: &builder)
    }

    /// An element as a value.
    package func value(_ item: ArrayItem) -> Value { ArrayElementReader(layout).value(item) }
}
