/* Whether a file can be trusted to be ours: nobody but root and its owner, who is who runs us, can
 * change it, what SQLite obeys beside it, or what its path leads to. */
#ifndef GATEHOUSE_STORE_TRUST_H
#define GATEHOUSE_STORE_TRUST_H

#include <gatehouse/error.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Checks the folder that `path` names and all above it, the links it leads through included. `out`
 * is the absolute path without any link but, perhaps, the last name: from then on the file is named
 * by it alone, which also cannot be taken for a URI. ERR_NOT_FOUND (no sentence set): there is no
 * such folder. ERR_STORE says what to do. */
enum error trust_folder(const char *path, char out[static PATH_MAX]) MUST_CHECK;
/* The same path for a file that need not be trusted, as a copy: nothing is checked. */
enum error trust_nobody(const char *path, char out[static PATH_MAX]) MUST_CHECK;
/* Checks the file, whose folder is trusted, and its companions. *fd holds on to it without opening
 * it (O_PATH: to close it drops none of the locks that this process has on the file), *info says
 * which it is. ERR_NOT_FOUND (no sentence set): there is none. */
enum error trust_file(const char *path, int *fd, struct stat *info) MUST_CHECK;
/* ERR_CONFLICT when a log is left over beside a name that is to be given to a new database. */
enum error trust_no_companions(const char *path) MUST_CHECK;
bool trust_is_same(const struct stat *one, const struct stat *other); /* device and inode */

#endif
