#include "ui/screens/unlock.h"

#include "ui/command.h"
#include "ui/kit/dialog.h"
#include "ui/loop.h"

#include <gatehouse/demo.h>
#include <gatehouse/text.h>
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

static void end(void *arg)
{
    struct asking *asking = arg;
    if (asking->asked.cancelled) asking->asked.cancelled(asking->asked.arg);
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
        e = fail(ERR_INVALID, "the two do not match: type it again, or press Esc to start over");
    secret_free(secret);
    if (!e) e = asking->asked.done(app, asking->asked.arg, asking->first);
    if (e) return e;
    asking->asked.cancelled = NULL;
    end(asking);
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
                                             .note = "Type it again: nobody can look it up for "
                                                     "you later.",
                                             .max = PASSPHRASE_CHARACTERS,
                                             .is_secret = true,
                                             .done = repeated,
                                             .cancelled = end,
                                             .arg = asking});
}

enum error passphrase_open(struct app *app, const struct passphrase *asked)
{
    struct asking *asking = app_alloc(app, sizeof *asking);
    if (!asking) return ERR_SYSTEM;
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

enum { SECRET_CHARACTERS = 1024, PATH_CHARACTERS = 400 };

struct unlocking {
    int (*done)(struct app *app, int64_t number);
    int64_t number;
    enum slot_kind kind;
};

static enum error try_secret(struct app *app, struct unlocking *unlocking,
                             const struct secret *secret)
{
    struct act act = app_act(app);
    struct vault *vault;
    /* Deriving the key takes a moment, which must not look like a hang. */
    app_say(app, ROLE_MUTED, "Unlocking the vault");
    loop_draw(app);
    enum error e = vault_unlock(&act, unlocking->kind, secret, &vault);
    app->message[0] = 0;
    if (e) return e;
    app_set_vault(app, vault);
    return OK;
}

static enum error read_secret(const struct unlocking *unlocking, const char *text,
                              struct secret *typed, struct secret **out)
{
    if (unlocking->kind == SLOT_KEY_FILE) return secret_read_file(text, out);
    *out = typed;
    return unlocking->kind == SLOT_RECOVERY ? keybox_recovery_normalise(typed) : OK;
}

static enum error entered(struct app *app, void *arg, const char *text, struct secret *typed)
{
    struct unlocking *unlocking = arg;
    struct secret *secret = NULL;
    enum error e = read_secret(unlocking, text, typed, &secret);
    if (!e) e = try_secret(app, unlocking, secret);
    secret_free(secret);
    if (e) return e;
    unlocking->done(app, unlocking->number);
    free(unlocking);
    return OK;
}

static int ask(struct app *app, struct unlocking *unlocking)
{
    static const char *const labels[] = {"", "Passphrase", "Key file", "Recovery code"};
    bool file = unlocking->kind == SLOT_KEY_FILE;
    char note[280], after[TEXT_COUNT_SIZE];
    long long idle = app_vault_idle(app);
    bool minutes = idle % 60 == 0;
    if (minutes) idle /= 60;
    size_t used = 0;
    if (app->options->demo && unlocking->kind == SLOT_PASSPHRASE)
        used = (size_t)snprintf(note, sizeof note, "The passphrase of the demo is “%s”. ",
                                demo_passphrase);
    snprintf(note + used, sizeof note - used,
             "Older tokens are sealed. The vault locks itself again after %s without "
             "use, or with %s.",
             text_count(after, idle, minutes ? "minute" : "second"),
             command_key(COMMAND_LOCK).text);
    enum error e =
        prompt_open(app, &(struct prompt){.title = "Unlock the vault",
                                          .label = labels[unlocking->kind],
                                          .note = note,
                                          .max = file ? PATH_CHARACTERS : SECRET_CHARACTERS,
                                          .is_secret = !file,
                                          .done = entered,
                                          .cancelled = free,
                                          .arg = unlocking});
    if (!e) return EFFECT_DRAW;
    free(unlocking);
    return app_say_error(app);
}

static int chosen(struct app *app, void *arg, int choice)
{
    struct unlocking *unlocking = arg;
    if (choice == 0) {
        free(unlocking);
        return EFFECT_DRAW;
    }
    unlocking->kind = (enum slot_kind)choice;
    return ask(app, unlocking);
}

/* The kind of all slots if they have one kind; 0: several. */
static enum error only_kind(struct store *store, enum slot_kind *kind)
{
    struct vault_slots *slots;
    enum error e = vault_list_slots(store, &slots);
    if (e) return e;
    if (slots->count == 0)
        e = fail(ERR_CONFLICT, "this database keeps no tokens: each is shown only once");
    *kind = slots->count ? slots->items[0].kind : 0;
    for (size_t i = 1; i < slots->count; i++)
        if (slots->items[i].kind != *kind) *kind = 0;
    free(slots);
    return e;
}

int unlock_then(struct app *app, int (*done)(struct app *app, int64_t number), int64_t number)
{
    if (app->vault) {
        app_touch_vault(app);
        return done(app, number);
    }
    struct unlocking *unlocking = app_alloc(app, sizeof *unlocking);
    if (!unlocking || only_kind(app->store, &unlocking->kind)) {
        free(unlocking);
        return app_say_error(app);
    }
    unlocking->done = done;
    unlocking->number = number;
    if (unlocking->kind) return ask(app, unlocking);
    confirm_open(app,
                 &(struct confirm){
                     .title = "Unlock the vault",
                     .text = "How do you want to unlock it?",
                     .choices = {{"Passphrase", 'p'}, {"Key file", 'k'}, {"Recovery code", 'r'}},
                     .done = chosen,
                     .arg = unlocking});
    return EFFECT_DRAW;
}
