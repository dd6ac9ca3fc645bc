// GNU readline keeps its state in C globals, which Swift 6 refuses as unsafe: these functions wrap them.
#include <stdio.h>
#include <stdlib.h>
#include <readline/readline.h>
#include <readline/history.h>

int demetra_interrupt_is_pending(void);

static inline int demetra_readline_on_signal(void) {
    if (demetra_interrupt_is_pending()) {
        rl_replace_line("", 0);
        rl_done = 1;
    }
    return 0;
}

// Names the program for ~/.inputrc, and makes Ctrl-C give up the line.
static inline void demetra_readline_setup(const char *name) {
    rl_readline_name = name;
    rl_signal_event_hook = demetra_readline_on_signal;
    rl_variable_bind("enable-bracketed-paste", "on");
}
