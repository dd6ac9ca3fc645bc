import DemetraTypes

extension ROIModel {
    static func write(_ rates: RateIntervals, _ writer: inout ModelWriter) {
        write(rates.pooled, &writer)
        writer.write(rates.groups.count)
        for group in rates.groups { write(group, &writer) }
    }

    static func rates(_ reader: inout ModelReader) throws(DemetraError) -> RateIntervals {
        let pooled = try bins(&reader)
        var groups: [[RateIntervals.Bin]] = []
        for _ in 0..<(try reader.count(itemByteCount: 8)) { groups.append(try bins(&reader)) }
        return RateIntervals(pooled: pooled, groups: groups)
    }

    private static func write(_ bins: [RateIntervals.Bin], _ writer: inout ModelWriter) {
        writer.write(bins.count)
        for bin in bins {
            writer.write(bin.upTo)
            writer.write(bin.predicted)
            writer.write(bin.trueCount)
            writer.write(bin.rowCount)
        }
    }

    private static func bins(
        _ reader: inout ModelReader
    ) throws(DemetraError) -> [RateIntervals.Bin] {
        var bins: [RateIntervals.Bin] = []
        for _ in 0..<(try reader.count(itemByteCount: 32)) {
            let (upTo, predicted) = (try reader.double(), try reader.double())
            let hits = try reader.int()
            let rows = try reader.int(limit: PackedGradient.rowLimit)
            guard rows > 0, hits <= rows, (0...1).contains(predicted), upTo <= 1 else {
                throw ModelReader.damaged
            }
            bins.append(
                RateIntervals.Bin(
                    upTo: upTo, predicted: predicted, trueCount: hits, rowCount: rows))
        }
        return bins
    }
}
