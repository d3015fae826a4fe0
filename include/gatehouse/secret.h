/* Guarded memory: the only place where a token, passphrase or key may be kept in full.
 *
 * A secret has pages of its own (sodium_malloc: guard pages, canary, mlock where allowed) and is
 * wiped when freed; each thread keeps the pages of its last few small secrets for the next ones. A
 * token is a secret of TOKEN_TEXT_SIZE bytes, an imported one of up to TOKEN_VALUE_MAX. */
#ifndef GATEHOUSE_SECRET_H
#define GATEHOUSE_SECRET_H

#include <gatehouse/error.h>
#include <stdbool.h>
#include <stddef.h>

struct secret {
    size_t size;     /* bytes in use, without the terminating zero of text secrets */
    size_t capacity; /* size of `bytes`, without the room for that zero */
    char *bytes;
};

/* To be called once, first thing in main: initialises libsodium and disables core dumps
 * (RLIMIT_CORE, PR_SET_DUMPABLE). */
enum error crypto_init(void) MUST_CHECK;

/* An empty guarded buffer of `capacity` bytes. Freed with secret_free, which accepts NULL. */
enum error secret_new(size_t capacity, struct secret **out) MUST_CHECK;
void secret_free(struct secret *secret);
/* Whether the system has kept all secrets out of the swap space so far (mlock, `ulimit -l`). */
bool secret_stays_in_memory(void);
void secret_clear(struct secret *secret); /* wipes, keeps the buffer */
/* Replaces / appends to the content; ERR_INVALID if it does not fit. */
enum error secret_set(struct secret *secret, const void *bytes, size_t size) MUST_CHECK;
enum error secret_append(struct secret *secret, const void *bytes, size_t size) MUST_CHECK;

/* Reads a file (at most 4,096 bytes) directly into guarded memory and drops one trailing newline.
 * Refuses a file that group or others can read, suggesting `chmod 600`. "-" reads standard input.
 * The caller frees the secret. */
enum error secret_read_file(const char *path, struct secret **out) MUST_CHECK;
/* Reads one line (at most `max` bytes) from a file descriptor and nothing beyond it. The caller
 * frees the secret. */
enum error secret_read_line(int fd, size_t max, struct secret **out) MUST_CHECK;
/* Asks on the controlling terminal, without echo; ERR_USAGE if there is none. The caller frees the
 * secret. */
enum error secret_ask(const char *prompt, struct secret **out) MUST_CHECK;
/* Writes the secret and a newline to a new file, 0600, and syncs it; refuses to overwrite. */
enum error secret_write_file(const struct secret *secret, const char *path) MUST_CHECK;

#endif
