#include "ui/screens/passphrase.h"

#include "ui/kit/dialog.h"

#include <gatehouse/vault.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSPHRASE_CHARACTERS = 1024 };

/* Lives from the first question to the end of the second. */
struct asking {
    struct passphrase asked;
    char title[128];
    struct secret *first;
};

static void end(struct app *app, void *arg)
{
    struct asking *asking = arg;
    if (asking->asked.cancelled) asking->asked.cancelled(app, asking->asked.arg);
    secret_free(asking->first);
    free(asking);
}

static enum error repeated(struct app *app, void *arg, const char *text, struct secret *secret)
{
    (void)text;
    struct asking *asking = arg;
    enum error e = OK;
    if (secret->size != asking->first->size ||
        memcmp(secret->bytes, asking->first->bytes, secret->size) != 0)
        e = fail(ERR_INVALID, "the two are not the same: type it again, or Esc and start over");
    secret_free(secret);
    if (!e) e = asking->asked.done(app, asking->asked.arg, asking->first);
    if (e) return e;
    asking->asked.cancelled = NULL;
    end(app, asking);
    return OK;
}

static enum error typed_once(struct app *app, void *arg, const char *text, struct secret *secret)
{
    (void)text;
    struct asking *asking = arg;
    enum error e = vault_check_passphrase(secret);
    if (e) {
        secret_free(secret);
        return e;
    }
    secret_free(asking->first);
    asking->first = secret;
    char title[sizeof asking->title + 8];
    snprintf(title, sizeof title, "%s, again", asking->title);
    return prompt_open(app, &(struct prompt){.title = title,
                                             .label = "Passphrase",
                                             .note = "Type it once more: nobody can look it up for "
                                                     "you later.",
                                             .max = PASSPHRASE_CHARACTERS,
                                             .is_secret = true,
                                             .done = repeated,
                                             .cancelled = end,
                                             .arg = asking});
}

enum error passphrase_open(struct app *app, const struct passphrase *asked)
{
    struct asking *asking = calloc(1, sizeof *asking);
    if (!asking) return fail(ERR_SYSTEM, "out of memory");
    asking->asked = *asked;
    snprintf(asking->title, sizeof asking->title, "%s", asked->title);
    enum error e = prompt_open(app, &(struct prompt){.title = asking->title,
                                                     .label = "Passphrase",
                                                     .note = asked->note,
                                                     .max = PASSPHRASE_CHARACTERS,
                                                     .is_secret = true,
                                                     .done = typed_once,
                                                     .cancelled = end,
                                                     .arg = asking});
    if (e) free(asking);
    return e;
}
