package import DemetraTypes

/// One element inside the bytes of an array.
///
/// Two elements of one type are equal exactly when their keys have equal bytes, and the keys' order is theirs.
///
/// Safe because both parts lie inside the array's bytes and are used no longer than those.
package struct ArrayItem {
    /// The tag and the payload.
    package let key: UnsafeBufferPointer<UInt8>
    /// What the payload does not say: see `ArrayLayout`.
    let form: UnsafeBufferPointer<UInt8>

    /// True for NULL.
    package var isNull: Bool { key[0] == ArrayLayout.nullTag }

    /// True when both are the same value, or both NULL.
    package func equals(_ other: ArrayItem) -> Bool {
        key.count == other.key.count && key.elementsEqual(other.key)
    }
}

/// The elements of one array, first to last.
///
/// Safe because offsets stay below the count of the bytes.
package struct ArrayItems: Sequence, IteratorProtocol {
    private let layout: ArrayLayout
    private let bytes: UnsafeBufferPointer<UInt8>
    private let elementsByteCount: Int
    private var offset = 0
    private var formOffset: Int

    /// The elements in the bytes of an array of that layout.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, _ layout: ArrayLayout) {
        self.layout = layout
        self.bytes = bytes
        elementsByteCount = layout.elementsByteCount(bytes)
        formOffset = elementsByteCount + 1
    }

    /// The next element, or nil behind the last.
    package mutating func next() -> ArrayItem? {
        guard offset < elementsByteCount else { return nil }
        let byteCount = Swift.min(
            layout.elementByteCount(bytes, at: offset), elementsByteCount - offset)
        let key = UnsafeBufferPointer(rebasing: bytes[offset..<(offset + byteCount)])
        var form = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        if layout.formByteCount > 0, formOffset < bytes.count {
            let end = formOffset + layout.formByteCount(from: bytes[formOffset])
            if end <= bytes.count {
                form = UnsafeBufferPointer(rebasing: bytes[formOffset..<end])
            }
            formOffset = end
        }
        offset += byteCount
        return ArrayItem(key: key, form: form)
    }

    /// The element of a number, counted from 1; nil behind the last.
    package func item(number: Int) -> ArrayItem? {
        var rest = self
        if case .fixed(let size) = layout.payload {
            guard number <= elementsByteCount / (size + 1) else { return nil }
            rest.offset = (number - 1) * (size + 1)
            rest.formOffset += (number - 1) * layout.formByteCount
            return rest.next()
        }
        for _ in 1..<number where rest.next() == nil { return nil }
        return rest.next()
    }

    /// The number of elements.
    package var count: Int {
        if case .fixed(let size) = layout.payload { return elementsByteCount / (size + 1) }
        var count = 0
        var position = 0
        while position < elementsByteCount {
            position += layout.elementByteCount(bytes, at: position)
            count += 1
        }
        return count
    }
}

/// Puts one array together, element by element.
package struct ArrayWriter {
    /// The layout of the array.
    package let layout: ArrayLayout
    private var elements: [UInt8] = []
    private var forms: [UInt8] = []
    /// Elements so far.
    package private(set) var count = 0

    /// A writer of an empty array.
    package init(_ layout: ArrayLayout) { self.layout = layout }

    /// Bytes so far.
    package var byteCount: Int { elements.count + forms.count }

    /// Adds an element of another array of this layout.
    package mutating func append(_ item: ArrayItem) {
        if layout.formByteCount > 0, item.form.isEmpty {
            // The array it comes from was cut to its keys: the shortest form is what is known.
            return append(ArrayElementReader(layout).value(item))
        }
        elements.append(contentsOf: item.key)
        forms.append(contentsOf: item.form)
        count += 1
    }

    /// Adds all elements of another writer.
    package mutating func append(_ other: ArrayWriter) {
        elements += other.elements
        forms += other.forms
        count += other.count
    }

    /// Adds a value of the element type, or NULL.
    package mutating func append(_ value: Value) {
        ArrayElementWriter(layout).append(value, to: &elements, forms: &forms)
        count += 1
    }

    /// Adds row `row` of a vector of the element type.
    package mutating func append(_ vector: Vector, row: Int) {
        ArrayElementWriter(layout).append(vector, row: row, to: &elements, forms: &forms)
        count += 1
    }

    /// Removes all elements.
    package mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        forms.removeAll(keepingCapacity: true)
        count = 0
    }

    /// The bytes of the elements alone: what decides whether arrays are equal.
    package var keys: [UInt8] { elements }

    /// The array's bytes.
    package var bytes: [UInt8] {
        if layout.formByteCount == 0 || elements.isEmpty { return elements }
        return elements + [ArrayLayout.endTag] + forms
    }
}

extension VectorBuilder {
    /// Adds an array.
    package mutating func append(_ array: ArrayWriter) {
        array.bytes.withUnsafeBufferPointer { append(bytes: $0) }
    }
}
