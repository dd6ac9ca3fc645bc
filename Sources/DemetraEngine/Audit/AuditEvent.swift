import DemetraTypes

/// Something that somebody has done, or was refused.
///
/// In its file an event is a line: the fields with tabs between them, in which tab, line feed, carriage return and
/// backslash are written as `\t`, `\n`, `\r` and `\\`.
struct AuditEvent: Sendable, Equatable {
    /// What it was.
    enum Kind: String, Sendable {
        /// A client wanted to log in.
        case login
        /// A statement that defines something, or says who may do what.
        case statement
    }

    /// Longer texts are cut off.
    private static let longestField = 4_096
    private static let fieldCount = 9

    let time: Timestamp
    let kind: Kind
    /// Who had logged in, or wanted to.
    let user: String
    /// As whom it was done.
    let role: String
    /// Where the client is: an IP address, or `local` for a socket.
    let address: String
    let application: String
    /// Empty when it was done, else the SQLSTATE of the refusal.
    let sqlState: String
    /// The message of the refusal.
    let reason: String
    /// The statement, without passwords.
    let statement: String

    // MARK: Lines

    /// The event as a line of its file.
    var line: [UInt8] {
        let fields = [
            "\(time.microseconds)", kind.rawValue, user, role, address, application, sqlState,
            reason, statement,
        ]
        var bytes: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(0x09) }
            for byte in field.utf8.prefix(Self.longestField) {
                switch byte {
                case 0x09: bytes += [0x5c, 0x74]
                case 0x0a: bytes += [0x5c, 0x6e]
                case 0x0d: bytes += [0x5c, 0x72]
                case 0x5c: bytes += [0x5c, 0x5c]
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(0x0a)
        return bytes
    }

    /// Reads a line, without its end; nil for one that was cut off in a crash.
    init?(line: some Sequence<UInt8>) {
        var fields: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in line {
            if isEscaped {
                let plain: [UInt8: UInt8] = [0x74: 0x09, 0x6e: 0x0a, 0x72: 0x0d, 0x5c: 0x5c]
                guard let plain = plain[byte] else { return nil }
                fields[fields.count - 1].append(plain)
                isEscaped = false
            } else if byte == 0x5c {
                isEscaped = true
            } else if byte == 0x09 {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        let texts = fields.map { String(decoding: $0, as: UTF8.self) }
        guard texts.count == Self.fieldCount, !isEscaped, let time = Int64(texts[0]),
            let kind = Kind(rawValue: texts[1])
        else { return nil }
        self.time = Timestamp(microseconds: time)
        self.kind = kind
        user = texts[2]
        role = texts[3]
        address = texts[4]
        application = texts[5]
        sqlState = texts[6]
        reason = texts[7]
        statement = texts[8]
    }

    init(
        time: Timestamp, kind: Kind, user: String, role: String, address: String,
        application: String, error: DemetraError?, statement: String
    ) {
        self.time = time
        self.kind = kind
        self.user = user
        self.role = role
        self.address = address
        self.application = application
        sqlState = error?.sqlState.code ?? ""
        reason = error?.message ?? ""
        self.statement = statement
    }
}
