// GNU readline keeps its state in C globals, which Swift 6 refuses as unsafe: these functions wrap them.
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <readline/readline.h>
#include <readline/history.h>

int demetra_interrupt_is_pending(void);

// Gives the next completion of a word as memory that readline frees; `state` is 0 for the first.
typedef char *(*demetra_completion)(const char *word, int state);

// Reads a key; Ctrl-C empties the line and ends it.
//
// The signal reaches any thread of the process and need not interrupt this one, so a waiting read would sleep
// through it: wait in short turns and look. Readline's own handler is off for the same reason.
static inline int demetra_readline_key(FILE *stream) {
    struct pollfd input = {fileno(stream), POLLIN, 0};
    for (;;) {
        if (demetra_interrupt_is_pending()) {
            fputs("^C", rl_outstream);
            rl_replace_line("", 0);
            return '\n';
        }
        int ready = poll(&input, 1, 50);
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        unsigned char key;
        ssize_t count = read(input.fd, &key, 1);
        if (count == 1) return key;
        if (count == 0 || errno != EINTR) return EOF;
    }
}

// The line that is edited, and the byte at which the cursor stands.
static inline const char *demetra_readline_line(void) { return rl_line_buffer; }
static inline int demetra_readline_cursor(void) { return rl_point; }

// Whether a blank follows a word that is completed: behind a folder its files go on.
static inline void demetra_readline_append_blank(int appends) {
    rl_completion_append_character = appends ? ' ' : 0;
}

// Whether Tab completes a word or is a tab.
static inline void demetra_readline_set_completes(int completes) {
    rl_bind_key('\t', completes ? rl_complete : rl_insert);
}

// Lets readline count characters, not bytes, so that editing a word in Cyrillic does not tear it. Only how
// characters are read is set: a decimal comma must not reach the parsing of numbers.
static inline void demetra_readline_use_utf8(void) {
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
}

// Names the program for ~/.inputrc, makes Ctrl-C give up the line, and completes words.
static inline void demetra_readline_setup(const char *name, demetra_completion completion) {
    demetra_readline_use_utf8();
    rl_readline_name = name;
    rl_catch_signals = 0;
    rl_getc_function = demetra_readline_key;
    rl_completion_entry_function = completion;
    rl_completer_word_break_characters = " \t\n\"'`@$><=;|&{(,.:+*/%-";
    rl_variable_bind("enable-bracketed-paste", "on");
    rl_variable_bind("completion-ignore-case", "on");
}
