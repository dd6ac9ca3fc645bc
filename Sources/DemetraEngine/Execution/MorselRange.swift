import DemetraTypes
import DemetraVectors

/// Some morsels of a source.
struct MorselRange: BatchSource {
    let source: any BatchSource
    let start: Int
    let count: Int

    var morselCount: Int { count }

    func makeCursor() throws(DemetraError) -> any BatchCursor {
        Cursor(try source.makeCursor(), start)
    }

    private final class Cursor: BatchCursor {
        private let cursor: any BatchCursor
        private let start: Int

        init(_ cursor: any BatchCursor, _ start: Int) {
            self.cursor = cursor
            self.start = start
        }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            try cursor.read(morsel: start + morsel, into: consumer)
        }
    }
}
