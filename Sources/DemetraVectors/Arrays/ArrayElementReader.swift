import DemetraTypes

/// Elements of an array's bytes as values.
///
/// Bytes of another layout, as a damaged file may hold, give some value; reading stays inside of them.
///
/// Safe because every read is below the count of the element's bytes.
struct ArrayElementReader {
    let layout: ArrayLayout

    init(_ layout: ArrayLayout) { self.layout = layout }

    /// Appends an element to a builder of the element type.
    func append(_ item: ArrayItem, to builder: inout VectorBuilder) {
        if item.isNull { return builder.appendNull() }
        let payload = UnsafeBufferPointer(rebasing: item.key.dropFirst())
        switch layout.element.physicalType {
        case .boolean: builder.append(boolean: payload.first == 1)
        case .int32: builder.append(int32: ordered(payload, Int32.self))
        case .int64: builder.append(int64: ordered(payload, Int64.self))
        case .float64: builder.append(double: double(payload))
        case .int128: builder.append(int128: ordered(payload, Int128.self))
        case .decimal: builder.append(decimal: decimal(payload, item.form))
        case .interval: builder.append(interval: interval(payload, item.form))
        case .text: appendText(payload, to: &builder)
        }
    }

    /// The element as a value.
    func value(_ item: ArrayItem) -> Value {
        var builder = VectorBuilder(type: layout.element, capacity: 1)
        append(item, to: &builder)
        return builder.finish().value(at: 0)
    }

    private func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ type: Number.Type
    ) -> Number {
        bytes.prefix(MemoryLayout<Number>.size).reduce(0) { $0 << 8 | Number($1) }
    }

    private func ordered<Number: FixedWidthInteger & SignedInteger>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ type: Number.Type
    ) -> Number {
        Number(truncatingIfNeeded: number(bytes, Number.Magnitude.self)) ^ Number.min
    }

    private func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
        let turned = number(bytes, UInt64.self)
        return Double(bitPattern: turned >> 63 == 1 ? turned & ~(1 << 63) : ~turned)
    }

    private func appendText(
        _ payload: UnsafeBufferPointer<UInt8>, to builder: inout VectorBuilder
    ) {
        let end = payload.last == 0 ? payload.count - 1 : payload.count
        let text = UnsafeBufferPointer(rebasing: payload[..<end])
        guard text.contains(0) else { return builder.append(bytes: text) }
        var plain: [UInt8] = []
        var index = 0
        while index < text.count {
            plain.append(text[index])
            index += text[index] == 0 ? 2 : 1
        }
        plain.withUnsafeBufferPointer { builder.append(bytes: $0) }
    }

    private func interval(
        _ payload: UnsafeBufferPointer<UInt8>, _ form: UnsafeBufferPointer<UInt8>
    ) -> Interval {
        guard form.count == 16 else { return shortest(ordered(payload, Int128.self)) }
        func part<Number: FixedWidthInteger>(_ first: Int, _ type: Number.Type) -> Number {
            number(UnsafeBufferPointer(rebasing: form[first...]), type)
        }
        return Interval(
            months: part(0, Int32.self), days: part(4, Int32.self),
            microseconds: part(8, Int64.self))
    }

    /// An interval of that length in whole days and the rest.
    private func shortest(_ length: Int128) -> Interval {
        let day: Int128 = 86_400_000_000
        return Interval(
            days: Int32(clamping: length / day),
            microseconds: Int64(truncatingIfNeeded: length % day))
    }

    private func decimal(
        _ payload: UnsafeBufferPointer<UInt8>, _ form: UnsafeBufferPointer<UInt8>
    ) -> Decimal {
        let scale = max(self.scale(form), 0)
        guard let sign = payload.first, sign != 4 else { return .notANumber }
        let zero = Decimal(unscaled: Int256(0), scale: scale)
        guard sign == 1 || sign == 3, payload.count > 2 else { return zero }
        let turn: UInt8 = sign == 1 ? 0xff : 0
        var first = 2
        var place = Int(payload[1] ^ turn) - ArrayLayout.placeBias
        if payload[1] == turn {
            guard payload.count > 4 else { return zero }
            let far = Int(payload[2] ^ turn) << 8 | Int(payload[3] ^ turn)
            (first, place) = (4, far - ArrayLayout.farPlaceBias - ArrayLayout.placeBias)
        }
        let pairs = UnsafeBufferPointer(rebasing: payload[first..<(payload.count - 1)])
        guard let magnitude = magnitude(pairs, turn) else { return zero }
        // The value is magnitude * 10^-own.
        let own = pairs.count * 2 - place
        let whole = own < 0 ? magnitude.scaled(byPowerOfTen: -own) : magnitude
        guard let whole, whole < UInt256.powerOfTen(Decimal.maximumPrecision),
            own <= Decimal.maximumScale + 1
        else { return zero }
        return Decimal(unscaled: Int256(whole, isNegative: sign == 1), scale: max(own, 0))
            .trimmed.extended(to: scale)
    }

    private func scale(_ form: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = form.first else { return 0 }
        guard first == ArrayLayout.farScale, form.count > 2 else {
            return Int(Int8(bitPattern: first))
        }
        return min(Int(form[1]) << 8 | Int(form[2]), Decimal.maximumScale)
    }

    /// The number whose digits stand two to a byte; nil for more than a decimal has.
    private func magnitude(_ pairs: UnsafeBufferPointer<UInt8>, _ turn: UInt8) -> UInt256? {
        let half = Decimal.maximumPrecision / 4
        func number(_ range: Range<Int>) -> UInt128 {
            pairs[range].reduce(0) { $0 &* 100 &+ UInt128(($1 ^ turn) &- 1) }
        }
        guard pairs.count > half else { return UInt256(number(0..<pairs.count)) }
        guard pairs.count <= 2 * half else { return nil }
        let power = UInt256.powerOfTen((pairs.count - half) * 2)
        let (product, above) = UInt256(number(0..<half)).multiplied(by: power.low)
        return above == 0 ? product &+ UInt256(number(half..<pairs.count)) : nil
    }
}
