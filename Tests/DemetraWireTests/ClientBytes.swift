/// The bytes that clients send.
enum ClientBytes {
    /// A message with its type and length.
    static func message(_ type: Unicode.Scalar, _ body: [UInt8] = []) -> [UInt8] {
        [UInt8(ascii: type)] + integer(Int32(body.count + 4)) + body
    }

    /// A packet of the start, which has no type.
    static func packet(_ body: [UInt8]) -> [UInt8] { integer(Int32(body.count + 4)) + body }

    /// A start-up packet of a version of the protocol.
    static func startup(major: Int32 = 3, minor: Int32 = 0, _ parameters: [String]) -> [UInt8] {
        packet(integer(major << 16 | minor) + parameters.flatMap(text) + [0])
    }

    /// A text with its zero.
    static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    /// A number as the network has it.
    static func integer(_ value: Int32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static let sslRequest = packet(integer(80_877_103))

    static func cancel(_ processID: Int32, _ secret: Int32) -> [UInt8] {
        packet(integer(80_877_102) + integer(processID) + integer(secret))
    }
}
