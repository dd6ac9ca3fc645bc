import DemetraTypes

/// Values as elements of an array's bytes.
///
/// Safe because rows are read below the count of their buffers.
struct ArrayElementWriter {
    let layout: ArrayLayout

    init(_ layout: ArrayLayout) { self.layout = layout }

    /// Appends row `row` of a vector of the element type.
    func append(_ vector: Vector, row: Int, to bytes: inout [UInt8], forms: inout [UInt8]) {
        guard vector.isValid(row) else { return appendNull(to: &bytes, forms: &forms) }
        switch vector.storage {
        case .constant(let one): append(one.vector, row: 0, to: &bytes, forms: &forms)
        case .boolean(let buffer):
            bytes.append(ArrayLayout.valueTag)
            bytes.append(buffer[row])
        case .int32(let buffer): appendOrdered(buffer[row], to: &bytes)
        case .int64(let buffer): appendOrdered(buffer[row], to: &bytes)
        case .float64(let buffer): appendOrdered(buffer[row], to: &bytes)
        case .int128(let buffer): appendOrdered(buffer[row], to: &bytes)
        case .decimal(let buffer):
            bytes.append(ArrayLayout.valueTag)
            appendDecimal(buffer[row], to: &bytes)
            appendForm(scale: Int(buffer[row].scale), to: &forms)
        case .interval(let buffer):
            appendOrdered(buffer[row].comparableMicroseconds, to: &bytes)
            appendForm(buffer[row], to: &forms)
        case .text(let texts): appendText(texts.bytes(at: row), to: &bytes)
        case .dictionary(let codes, let dictionary):
            appendText(dictionary.values.bytes(at: Int(codes[row])), to: &bytes)
        }
    }

    /// Appends a value of the element type, or NULL.
    func append(_ value: Value, to bytes: inout [UInt8], forms: inout [UInt8]) {
        if value.isNull { return appendNull(to: &bytes, forms: &forms) }
        append(Vector([value], type: layout.element), row: 0, to: &bytes, forms: &forms)
    }

    private func appendNull(to bytes: inout [UInt8], forms: inout [UInt8]) {
        bytes.append(ArrayLayout.nullTag)
        if case .fixed(let count) = layout.payload {
            bytes.append(contentsOf: repeatElement(0, count: count))
        }
        forms.append(contentsOf: repeatElement(0, count: layout.formByteCount))
    }

    private func appendOrdered<Number: FixedWidthInteger & SignedInteger>(
        _ value: Number, to bytes: inout [UInt8]
    ) {
        bytes.append(ArrayLayout.valueTag)
        let turned = value ^ Number.min
        withUnsafeBytes(of: turned.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// NaN is the greatest number, and zero is minus zero.
    private func appendOrdered(_ value: Double, to bytes: inout [UInt8]) {
        bytes.append(ArrayLayout.valueTag)
        let bits = (value.isNaN ? Double.nan : (value == 0 ? 0 : value)).bitPattern
        let turned = bits >> 63 == 0 ? bits | (1 << 63) : ~bits
        withUnsafeBytes(of: turned.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private func appendForm(scale: Int, to forms: inout [UInt8]) {
        if scale < Int(ArrayLayout.farScale) {
            return forms.append(UInt8(truncatingIfNeeded: scale))
        }
        forms.append(ArrayLayout.farScale)
        forms.append(UInt8(truncatingIfNeeded: scale >> 8))
        forms.append(UInt8(truncatingIfNeeded: scale))
    }

    private func appendForm(_ interval: Interval, to forms: inout [UInt8]) {
        withUnsafeBytes(of: interval.months.bigEndian) { forms.append(contentsOf: $0) }
        withUnsafeBytes(of: interval.days.bigEndian) { forms.append(contentsOf: $0) }
        withUnsafeBytes(of: interval.microseconds.bigEndian) { forms.append(contentsOf: $0) }
    }

    private func appendText(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(ArrayLayout.valueTag)
        if text.contains(0) {
            for byte in text {
                bytes.append(byte)
                if byte == 0 { bytes.append(0xff) }
            }
        } else {
            bytes.append(contentsOf: text)
        }
        bytes.append(0)
    }

    private func appendDecimal(_ value: Decimal, to bytes: inout [UInt8]) {
        if value.isNaN { return bytes.append(4) }
        if value.unscaled.isZero { return bytes.append(2) }
        let isNegative = value.unscaled.isNegative
        bytes.append(isNegative ? 1 : 3)
        var digits = value.unscaled.magnitude.digits
        let place = digits.count - Int(value.scale) + ArrayLayout.placeBias
        while digits.last == 0 { digits.removeLast() }
        if digits.count % 2 == 1 { digits.append(0) }
        let turn: UInt8 = isNegative ? 0xff : 0
        if place > 0 {
            bytes.append(UInt8(truncatingIfNeeded: place) ^ turn)
        } else {
            let far = UInt16(truncatingIfNeeded: place + ArrayLayout.farPlaceBias)
            bytes.append(turn)
            bytes.append(UInt8(truncatingIfNeeded: far >> 8) ^ turn)
            bytes.append(UInt8(truncatingIfNeeded: far) ^ turn)
        }
        for index in stride(from: 0, to: digits.count, by: 2) {
            bytes.append((digits[index] * 10 + digits[index + 1] + 1) ^ turn)
        }
        bytes.append(turn)
    }
}
