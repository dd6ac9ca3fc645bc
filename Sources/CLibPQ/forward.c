// The functions of libpq that the program uses, each loaded with the library when the first of them is called: only a
// shell that attaches to a server needs it, and it takes 5 MB with what it brings along.
#include "clibpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) { library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL); }

static void *find(const char *name) {
    pthread_once(&once, load);
    return library ? dlsym(library, name) : NULL;
}

// A function is looked for once: some are called for each value of an answer.
#define KNOWN(name)                                                                                \
    static void *known;                                                                            \
    void *address = __atomic_load_n(&known, __ATOMIC_ACQUIRE);                                     \
    if (!address) {                                                                                \
        address = find(#name);                                                                     \
        __atomic_store_n(&known, address, __ATOMIC_RELEASE);                                       \
    }

// Without the library there is no connection, and every function answers as it does for none.
#define FORWARD(result, name, parameters, arguments, none)                                         \
    result name parameters {                                                                       \
        KNOWN(name)                                                                                \
        result(*function) parameters = (result(*) parameters)address;                              \
        return function ? function arguments : (none);                                             \
    }
#define FORWARD_VOID(name, parameters, arguments)                                                  \
    void name parameters {                                                                         \
        KNOWN(name)                                                                                \
        void (*function) parameters = (void (*) parameters)address;                                \
        if (function) function arguments;                                                          \
    }

FORWARD(PGconn *, PQconnectdb, (const char *conninfo), (conninfo), NULL)
FORWARD(ConnStatusType, PQstatus, (const PGconn *conn), (conn), CONNECTION_BAD)
FORWARD(char *, PQerrorMessage, (const PGconn *conn), (conn), (char *)"the library libpq.so.5 is not installed\n")
FORWARD_VOID(PQfinish, (PGconn * conn), (conn))
FORWARD(int, PQbackendPID, (const PGconn *conn), (conn), 0)
FORWARD(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn), PQTRANS_UNKNOWN)
FORWARD(const char *, PQparameterStatus, (const PGconn *conn, const char *name), (conn, name), NULL)
FORWARD(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn * conn, PQnoticeReceiver receiver, void *place),
        (conn, receiver, place), NULL)
FORWARD(PGcancel *, PQgetCancel, (PGconn * conn), (conn), NULL)
FORWARD_VOID(PQfreeCancel, (PGcancel * cancel), (cancel))
FORWARD(int, PQcancel, (PGcancel * cancel, char *message, int size), (cancel, message, size), 0)
FORWARD(int, PQsendQuery, (PGconn * conn, const char *query), (conn, query), 0)
FORWARD(int, PQsetSingleRowMode, (PGconn * conn), (conn), 0)
FORWARD(PGresult *, PQgetResult, (PGconn * conn), (conn), NULL)
FORWARD(int, PQconsumeInput, (PGconn * conn), (conn), 0)
FORWARD(PGnotify *, PQnotifies, (PGconn * conn), (conn), NULL)
FORWARD(int, PQgetCopyData, (PGconn * conn, char **buffer, int async), (conn, buffer, async), -2)
FORWARD(int, PQputCopyData, (PGconn * conn, const char *buffer, int size), (conn, buffer, size), -1)
FORWARD(int, PQputCopyEnd, (PGconn * conn, const char *message), (conn, message), -1)
FORWARD_VOID(PQclear, (PGresult * result), (result))
FORWARD_VOID(PQfreemem, (void *memory), (memory))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult *result), (result), PGRES_FATAL_ERROR)
FORWARD(char *, PQresultErrorField, (const PGresult *result, int field), (result, field), NULL)
FORWARD(char *, PQcmdStatus, (PGresult * result), (result), (char *)"")
FORWARD(int, PQntuples, (const PGresult *result), (result), 0)
FORWARD(int, PQnfields, (const PGresult *result), (result), 0)
FORWARD(int, PQbinaryTuples, (const PGresult *result), (result), 0)
FORWARD(char *, PQfname, (const PGresult *result, int column), (result, column), NULL)
FORWARD(Oid, PQftype, (const PGresult *result, int column), (result, column), 0)
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column), (char *)"")
FORWARD(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column), 0)
FORWARD(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column), 1)
