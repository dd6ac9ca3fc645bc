// GNU readline keeps its state in C globals, which Swift 6 refuses as unsafe: these functions wrap them.
#include <stdio.h>
#include <stdlib.h>
#include <readline/readline.h>
#include <readline/history.h>
