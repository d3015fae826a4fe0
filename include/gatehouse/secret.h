/* Guarded memory: the only place where a token, passphrase or key may stand in full.
 *
 * A secret lives in pages of its own (sodium_malloc: guard pages, canary, mlock where allowed) and
 * is wiped when freed; a thread keeps the pages of its last few small ones for its next. A token is
 * a secret of TOKEN_TEXT_SIZE bytes, an imported one of up to TOKEN_VALUE_MAX. */
#ifndef GATEHOUSE_SECRET_H
#define GATEHOUSE_SECRET_H

#include <gatehouse/error.h>
#include <stddef.h>

struct secret {
    size_t size;     /* bytes in use; text secrets carry a terminating zero that is not counted */
    size_t capacity; /* bytes at `bytes`, without the room for the zero */
    char *bytes;
};

/* Once, first thing in main: starts libsodium, switches core dumps off (RLIMIT_CORE,
 * PR_SET_DUMPABLE). */
enum error crypto_init(void) MUST_CHECK;

/* A guarded buffer of `capacity` bytes, empty. Freed with secret_free; NULL is fine there. */
enum error secret_new(size_t capacity, struct secret **out) MUST_CHECK;
void secret_free(struct secret *secret);
void secret_clear(struct secret *secret); /* wipes, keeps the buffer */
/* Replaces / appends; ERR_INVALID when it does not fit. */
enum error secret_set(struct secret *secret, const void *bytes, size_t size) MUST_CHECK;
enum error secret_append(struct secret *secret, const void *bytes, size_t size) MUST_CHECK;

/* Reads a whole file straight into guarded memory (at most 4,096 bytes), drops one trailing
 * newline. Refuses a file that group or others can read, naming `chmod 600`. "-" reads standard
 * input. Caller frees. */
enum error secret_read_file(const char *path, struct secret **out) MUST_CHECK;
/* Reads one line (at most `max` bytes) from a file descriptor, without buffering past it. Caller
 * frees. */
enum error secret_read_line(int fd, size_t max, struct secret **out) MUST_CHECK;
/* Asks on the controlling terminal with the echo off; ERR_USAGE when there is none. Caller frees.
 */
enum error secret_ask(const char *prompt, struct secret **out) MUST_CHECK;
/* Writes the secret and a newline to a new file, 0600; refuses to overwrite. Synced before it
 * returns. */
enum error secret_write_file(const struct secret *secret, const char *path) MUST_CHECK;

#endif
