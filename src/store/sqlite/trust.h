/* Whether a file can be trusted: only root and its owner, who must be the user we run as, can
 * change it, the files next to it that SQLite obeys, or where its path leads. */
#ifndef GATEHOUSE_STORE_SQLITE_TRUST_H
#define GATEHOUSE_STORE_SQLITE_TRUST_H

#include <gatehouse/error.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Checks the folder of `path`, all folders above it and the links on the way. `out` is the absolute
 * path without links, except perhaps the last name: only this path is used from then on, and SQLite
 * cannot mistake it for a URI. ERR_NOT_FOUND (no sentence set): there is no
 * such folder. ERR_STORE says what to do. */
enum error trust_folder(const char *path, char out[static PATH_MAX]) MUST_CHECK;
/* The same path for a file that need not be trusted, as a copy: nothing is checked. */
enum error trust_nobody(const char *path, char out[static PATH_MAX]) MUST_CHECK;
/* Checks the file, whose folder is trusted, and its companions. *fd refers to it without opening it
 * (O_PATH: closing it drops none of the locks that this process has on the file), *info identifies
 * it. ERR_NOT_FOUND (no sentence set): there is none. */
enum error trust_file(const char *path, int *fd, struct stat *info) MUST_CHECK;
/* ERR_CONFLICT if a log is left over next to the name that a new database is about to get. */
enum error trust_no_companions(const char *path) MUST_CHECK;
bool trust_is_same(const struct stat *one, const struct stat *other); /* device and inode */

#endif
