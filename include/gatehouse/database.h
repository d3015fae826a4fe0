/* Gatehouse's own database: opening it, its schema, and what a new one contains. */
#ifndef GATEHOUSE_DATABASE_H
#define GATEHOUSE_DATABASE_H

#include <gatehouse/actor.h>

/* Opens `path` with the schema of this program (src/model/schema*.sql). */
enum error database_open(const char *path, enum store_mode mode, struct store **out) MUST_CHECK;
/* Makes a new one that `fill` completes before it gets its name (see store_create). */
enum error database_create(const char *path, enum error (*fill)(struct store *store, void *arg),
                           void *arg) MUST_CHECK;
enum error database_open_memory(struct store **out) MUST_CHECK;

/* All create the group Everyone (number 1) and install the catalogue of data/permissions.json
 * (embedded in the program) when the schema is first made. The vault is made apart, with
 * vault_create. */

/* Where the database is: `given` (--db), else $GATEHOUSE_DB, else /var/lib/gatehouse/gatehouse.db
 * if that exists, else $XDG_DATA_HOME/gatehouse/gatehouse.db (default ~/.local/share). ERR_USAGE if
 * HOME is needed and not set, or for a URL that is no address of PostgreSQL (store_is_address). */
enum error database_path(const char *given, char *out, size_t out_size) MUST_CHECK;
/* `path` as it may be printed: an address without its password. */
enum { DATABASE_NAME_SIZE = 4096 };
void database_name(const char *path, char out[static DATABASE_NAME_SIZE]);
/* Creates the missing parent folders of `path`, 0700; an address has none. */
enum error database_make_folder(const char *path) MUST_CHECK;

#endif
