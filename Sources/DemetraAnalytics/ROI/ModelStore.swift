package import DemetraFunctions
package import DemetraTypes
import Synchronization

/// Keeps models ready for use: decoding one and building its tables costs milliseconds, which a query
/// that predicts one row should not pay each time.
///
/// A model is recognised by its bytes. Those of one catalog entry share their memory, so the comparison
/// is one of addresses; a replaced model has other bytes and is decoded anew.
package final class ModelStore: Sendable {
    private struct Entry: Sendable {
        let payload: [UInt8]
        let predictor: ROIPredictor
    }

    /// Models kept: enough for every dashboard of one database, few enough to hold in memory.
    private static let capacity = 16

    // Guarded by itself; most recently used last.
    private let entries = Mutex<[Entry]>([])

    /// An empty store.
    package init() {}

    /// The model ready to predict.
    ///
    /// - Throws: XX001 for damaged bytes, 0A000 for a version this build does not know.
    package func predictor(_ stored: StoredModel) throws(DemetraError) -> ROIPredictor {
        let known = entries.withLock { entries -> ROIPredictor? in
            guard let index = entries.firstIndex(where: { $0.payload == stored.payload }) else {
                return nil
            }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.predictor
        }
        if let known { return known }
        let predictor = ROIPredictor(try ROIModel(encoded: stored.payload))
        entries.withLock { entries in
            entries.append(Entry(payload: stored.payload, predictor: predictor))
            if entries.count > Self.capacity { entries.removeFirst() }
        }
        return predictor
    }
}
