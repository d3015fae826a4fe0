/* What can go wrong, and the sentence that says so.
 *
 * A function that can fail returns `enum error`. The sentence for people is set with fail() where
 * the facts are known; callers pass the code up and print error_message() at the end. */
#ifndef GATEHOUSE_ERROR_H
#define GATEHOUSE_ERROR_H

enum error {
    OK = 0,
    ERR_USAGE,     /* the call itself is wrong: unknown words, contradictory options */
    ERR_NOT_FOUND, /* no such account, token, group, permission */
    ERR_INVALID,   /* a value breaks a rule of the model */
    ERR_CONFLICT,  /* taken, changed by someone else, reserved, or in the wrong state */
    ERR_LIMIT,     /* the account already has as many tokens as it may have */
    ERR_LOCKED,    /* the vault is locked: unlock and try again */
    ERR_SECRET,    /* wrong passphrase, key file or code; or a sealed copy that does not open */
    ERR_STOPPED,   /* a callback or a key interrupted the work; nothing was changed */
    ERR_BUSY,      /* another process locked the database for longer than we wait */
    ERR_STORE,     /* what is wrong is the database: corrupt, not to be trusted, newer schema */
    ERR_SYSTEM,    /* the operating system refused: memory, disk, files, terminal */
};

#define MUST_CHECK __attribute__((warn_unused_result))

enum { ERROR_MESSAGE_MAX = 512 };

/* Sets this thread's sentence (printf form, UTF-8, no trailing newline or full stop) and evaluates
 * to `code`. Arguments are made printable first (see text.h), so that a hostile name cannot reach a
 * terminal through an error, and what looks like a token is hidden. Never pass a secret. A macro,
 * so that compilers and analysers see the code that is returned. */
#define fail(code, ...) (error_say(__VA_ARGS__), (enum error)(code))
/* The same for lack of memory, which has one code and one sentence everywhere. */
#define fail_memory() fail(ERR_SYSTEM, "out of memory")
void error_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The sentence of this thread's last fail(), valid until the next one; "" before the first. */
const char *error_message(void);

#endif
