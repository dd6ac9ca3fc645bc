// The client library of PostgreSQL, of which the program alone makes use; the headers lie where Debian puts them.
#include <postgresql/libpq-fe.h>
