/// The inner loops of tree growing.
///
// Safe because callers pass columns and gradients of the whole table and row numbers below its row
// count, and a histogram of two values for each of 256 codes.
enum HistogramKernel {
    /// Values of a histogram of one feature: sum and count by code.
    static let width = 512

    /// Adds gradients and counts of `rows` by code.
    static func build(
        codes: UnsafePointer<UInt8>, gradients: UnsafePointer<Float>, rows: UnsafePointer<Int32>,
        count: Int, into histogram: UnsafeMutablePointer<Double>
    ) {
        for index in 0..<count {
            let row = Int(rows[index])
            let slot = 2 &* Int(codes[row])
            histogram[slot] += Double(gradients[row])
            histogram[slot &+ 1] += 1
        }
    }

    /// Moves the rows whose code is in `left` to the front, keeping the order; gives their count.
    static func partition(
        codes: UnsafePointer<UInt8>, left: CodeSet, rows: UnsafeMutablePointer<Int32>, count: Int,
        scratch: UnsafeMutablePointer<Int32>
    ) -> Int {
        var (front, back) = (0, 0)
        for index in 0..<count {
            let row = rows[index]
            if left.contains(codes[Int(row)]) {
                rows[front] = row
                front &+= 1
            } else {
                scratch[back] = row
                back &+= 1
            }
        }
        for index in 0..<back { rows[front &+ index] = scratch[index] }
        return front
    }
}
