#include <signal.h>
#include <string.h>

#include "cshims.h"

static volatile sig_atomic_t interrupt_pending = 0;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    interrupt_pending = 1;
}

void demetra_interrupt_install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

int demetra_interrupt_is_pending(void) { return interrupt_pending; }

int demetra_interrupt_take(void) {
    int was_pending = interrupt_pending;
    interrupt_pending = 0;
    return was_pending;
}
