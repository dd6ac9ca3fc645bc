import CShims

/// Ctrl-C as a flag instead of the end of the program.
enum Interrupts {
    /// From now on Ctrl-C is noted, not obeyed.
    static func install() { demetra_interrupt_install() }

    /// True once for each Ctrl-C.
    static func take() -> Bool { demetra_interrupt_take() != 0 }
}
