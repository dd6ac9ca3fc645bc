/// The inner loops of response curves: Hill values for runs of inputs, four at a time.
///
/// `e^x` is computed from additions and multiplications only (range reduction by ln 2, a Taylor
/// polynomial of degree 8, relative error below 1e-9), so the result does not depend on the
/// system's math library.
///
// Safe because callers pass arrays whose length is `count`, a multiple of 4, checked once here.
package enum HillKernel {
    /// Lanes worked on at once; inputs are padded to a multiple.
    package static let lanes = 4

    /// `count` rounded up to whole groups of lanes.
    package static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// `output[i] = scale / (1 + exp(slope * (shift - logInput[i])))`: a Hill curve with half
    /// saturation at `exp(shift)`.
    static func evaluate(
        logInput: UnsafePointer<Double>, slope: Double, shift: Double, scale: Double, count: Int,
        into output: UnsafeMutablePointer<Double>
    ) {
        precondition(count % lanes == 0, "runs are padded")
        let slopes = SIMD4<Double>(repeating: slope)
        let shifts = SIMD4<Double>(repeating: shift)
        let scales = SIMD4<Double>(repeating: scale)
        var index = 0
        while index < count {
            let input = SIMD4<Double>(
                logInput[index], logInput[index &+ 1], logInput[index &+ 2], logInput[index &+ 3])
            let value = scales / (1 + exponential(slopes * (shifts - input)))
            output[index] = value[0]
            output[index &+ 1] = value[1]
            output[index &+ 2] = value[2]
            output[index &+ 3] = value[3]
            index &+= 4
        }
    }

    /// The sum over curves of `scale / (1 + exp(slope * (shift - logInput)))`.
    static func sum(
        logInput: Double, slopes: UnsafePointer<Double>, shifts: UnsafePointer<Double>,
        scales: UnsafePointer<Double>, count: Int
    ) -> Double {
        precondition(count % lanes == 0, "runs are padded")
        var total = SIMD4<Double>(repeating: 0)
        let input = SIMD4<Double>(repeating: logInput)
        var index = 0
        while index < count {
            let slope = SIMD4<Double>(
                slopes[index], slopes[index &+ 1], slopes[index &+ 2], slopes[index &+ 3])
            let shift = SIMD4<Double>(
                shifts[index], shifts[index &+ 1], shifts[index &+ 2], shifts[index &+ 3])
            let scale = SIMD4<Double>(
                scales[index], scales[index &+ 1], scales[index &+ 2], scales[index &+ 3])
            total += scale / (1 + exponential(slope * (shift - input)))
            index &+= 4
        }
        return (total[0] + total[1]) + (total[2] + total[3])
    }

    /// `e^x` in four lanes; inputs are clamped to +-700.
    @inline(__always)
    static func exponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
        // Not `clamped(lowerBound:upperBound:)`: its comparisons are calls.
        let (least, most) = (SIMD4<Double>(repeating: -700), SIMD4<Double>(repeating: 700))
        let raised = x.replacing(with: least, where: x .< least)
        let clamped = raised.replacing(with: most, where: raised .> most)
        // Adding 1.5 * 2^52 leaves the rounded quotient in the low bits of the sum.
        let magic = SIMD4<Double>(repeating: 6_755_399_441_055_744)
        let shifted = clamped * 1.4426950408889634 + magic
        let quotient = shifted - magic
        let r = clamped - quotient * 0.6931471803691238 - quotient * 1.9082149292705877e-10
        var sum = SIMD4<Double>(repeating: 1.0 / 40_320)
        sum = sum * r + 1.0 / 5_040
        sum = sum * r + 1.0 / 720
        sum = sum * r + 1.0 / 120
        sum = sum * r + 1.0 / 24
        sum = sum * r + 1.0 / 6
        sum = sum * r + 0.5
        sum = sum * r + 1
        sum = sum * r + 1
        let bits = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
        let power = unsafeBitCast(bits, to: SIMD4<Int64>.self) &+ (1_023 &<< 52)
        return sum * unsafeBitCast(power, to: SIMD4<Double>.self)
    }

    /// The natural logarithm of positive normal numbers in four lanes, relative error below 1e-11.
    ///
    /// The mantissa is brought between the roots of 1/2 and 2, where a short series of the inverse hyperbolic
    /// tangent is enough.
    @inline(__always)
    static func logarithm(_ x: SIMD4<Double>) -> SIMD4<Double> {
        let root: UInt64 = 0x3FE6_A09E_667F_3BCD
        let bits = unsafeBitCast(x, to: SIMD4<UInt64>.self) &+ (0x3FF0_0000_0000_0000 &- root)
        // The exponent in the low bits of 1.5 * 2^52 reads as a number.
        let shifted = (bits &>> 52) &+ (0x4338_0000_0000_0000 &- 1_023)
        let exponent =
            unsafeBitCast(shifted, to: SIMD4<Double>.self)
            - SIMD4<Double>(repeating: 6_755_399_441_055_744)
        let mantissa = unsafeBitCast(
            (bits & 0x000F_FFFF_FFFF_FFFF) &+ root, to: SIMD4<Double>.self)
        let t = (mantissa - 1) / (mantissa + 1)
        let u = t * t
        var sum = SIMD4<Double>(repeating: 1.0 / 13)
        sum = sum * u + 1.0 / 11
        sum = sum * u + 1.0 / 9
        sum = sum * u + 1.0 / 7
        sum = sum * u + 1.0 / 5
        sum = sum * u + 1.0 / 3
        sum = sum * u + 1
        return exponent * 0.6931471805599453 + 2 * t * sum
    }
}
