#include "ui/screens/audit_chain.h"

#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"
#include "ui/terminal/clipboard.h"

#include <gatehouse/audit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int closed(struct app *app, void *arg, int choice)
{
    (void)app, (void)arg, (void)choice;
    return EFFECT_DRAW;
}

/* What cannot be known is said, too. */
int audit_chain_verify(struct app *app)
{
    struct long_work work;
    struct progress progress = progress_of(&work, app, "Checking events");
    int64_t checked;
    char text[ERROR_MESSAGE_MAX + 256];
    enum error e = audit_verify_watched(app->store, &progress, &checked);
    app->message[0] = 0;
    if (e == ERR_STOPPED) {
        app_say(app, ROLE_WARN, "Stopped: the first %" PRId64 " events hold together", checked);
        return EFFECT_DRAW;
    }
    if (e && e != ERR_CONFLICT) return app_say_error(app);
    if (e)
        snprintf(text, sizeof text, "Found: %s. %" PRId64 " events hold together before that.",
                 error_message(), checked);
    else
        snprintf(text, sizeof text,
                 "%" PRId64 " events hold together.\n\nA log that was cut at its end or written "
                 "anew as a whole looks the same: keep its head elsewhere (:audit head), and give "
                 "it to gatehouse audit verify --head.",
                 checked);
    confirm_open(app, &(struct confirm){.title = e ? "The chain of events is broken"
                                                   : "The chain of events is sound",
                                        .text = text,
                                        .cancel = "Close",
                                        .done = closed});
    return EFFECT_DRAW;
}

/* `arg` is the hash that was shown. */
static int head_closed(struct app *app, void *arg, int choice)
{
    int effects = choice ? clipboard_copy_text(app, arg) : EFFECT_DRAW;
    free(arg);
    return effects;
}

int audit_chain_head(struct app *app)
{
    int64_t sequence;
    uint8_t hash[AUDIT_HASH_SIZE];
    char text[AUDIT_HASH_TEXT + 256], title[64];
    enum error e = audit_head(app->store, &sequence, hash);
    if (!e && !sequence) e = fail(ERR_NOT_FOUND, "there is no event yet, and so no head to keep");
    if (e) return app_say_error(app);
    char *shown = malloc(AUDIT_HASH_TEXT);
    if (!shown) {
        app_say(app, ROLE_BAD, "out of memory");
        return EFFECT_DRAW;
    }
    audit_hash_text(hash, shown);
    snprintf(title, sizeof title, "Head of the log: event %" PRId64, sequence);
    snprintf(text, sizeof text,
             "%s\n\nKeep it elsewhere: gatehouse audit verify --head then proves that this event "
             "and all before it are unchanged and present.",
             shown);
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Copy", 'y'}},
                                        .cancel = "Close",
                                        .done = head_closed,
                                        .arg = shown});
    return EFFECT_DRAW;
}
