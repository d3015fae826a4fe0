/* What changes the marked tokens. */
#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"
#include "ui/screens/bulk_ask.h"
#include "ui/screens/tokens_screen.h"

#include <gatehouse/when.h>
#include <stdio.h>

static void forget_marks(struct app *app, void *arg, enum bulk_kind kind)
{
    (void)app, (void)kind;
    struct tokens *tokens = arg;
    marks_free(&tokens->table.dropped);
}

static struct bulk_ask *gather(struct tokens *tokens)
{
    struct app *app = tokens->table.app;
    struct id_set rows;
    struct long_work work;
    progress_begin(&work, app, "Gathering what is marked");
    enum error e = table_chosen(&tokens->table, &rows);
    progress_end(app);
    if (e) {
        app_say_error(app);
        return NULL;
    }
    struct bulk_ask *ask = bulk_ask_new(app, &rows);
    if (!ask) return NULL;
    ask->of_tokens = true;
    ask->done = forget_marks;
    ask->arg = tokens;
    if (bulk_ask_look(ask)) return ask;
    bulk_ask_free(ask);
    return NULL;
}

static int toggle_confirmed(struct app *app, void *arg, int choice)
{
    struct bulk_ask *ask = arg;
    if (!choice) return bulk_ask_confirmed(app, ask, 0);
    return bulk_ask_run(ask, choice == 1 ? BULK_TOKEN_SUSPEND : BULK_TOKEN_RESUME);
}

int tokens_suspend_marked(struct tokens *tokens)
{
    struct bulk_ask *ask = gather(tokens);
    if (!ask) return EFFECT_DRAW;
    char text[400], hit[200];
    bulk_ask_hit_text(ask, "stop working now when suspended", hit, sizeof hit);
    snprintf(text, sizeof text, "%zu token%s marked. %s", ask->rows.count,
             ask->rows.count == 1 ? "" : "s", hit);
    confirm_open(tokens->table.app,
                 &(struct confirm){.title = "Marked tokens",
                                   .text = text,
                                   .choices = {{"Suspend", 'S'}, {"Resume", 'R'}},
                                   .done = toggle_confirmed,
                                   .arg = ask});
    return EFFECT_DRAW;
}

int tokens_revoke_marked(struct tokens *tokens)
{
    struct bulk_ask *ask = gather(tokens);
    if (!ask) return EFFECT_DRAW;
    char text[512], hit[200], typed[32];
    size_t count = ask->rows.count;
    bulk_ask_hit_text(ask, "stop working now", hit, sizeof hit);
    snprintf(typed, sizeof typed, "%zu", count);
    snprintf(text, sizeof text,
             "Revoking %zu marked token%s is final. %s\n\nType %s to revoke:", count,
             count == 1 ? "" : "s", hit, typed);
    ask->bulk.kind = BULK_TOKEN_REVOKE;
    confirm_open(tokens->table.app, &(struct confirm){.title = "Revoke the marked tokens",
                                                      .text = text,
                                                      .choices = {{"Revoke", 0}},
                                                      .typed = typed,
                                                      .done = bulk_ask_confirmed,
                                                      .arg = ask});
    return EFFECT_DRAW;
}

static enum error expiry_typed(struct app *app, void *arg, const char *typed, struct secret *unused)
{
    (void)unused;
    struct bulk_ask *ask = arg;
    enum error e = when_parse_expiry(typed, app_act(app).now, &ask->bulk.expires);
    if (e) return e;
    int ignored = bulk_ask_run(ask, BULK_TOKEN_EXPIRE);
    (void)ignored;
    return OK;
}

static void cancelled(struct app *app, void *arg)
{
    (void)app;
    bulk_ask_free(arg);
}

int tokens_expire_marked(struct tokens *tokens)
{
    enum { TIME_MAX = 32 };
    struct bulk_ask *ask = gather(tokens);
    if (!ask) return EFFECT_DRAW;
    char title[96];
    snprintf(title, sizeof title, "Expiry of %zu token%s", ask->rows.count,
             ask->rows.count == 1 ? "" : "s");
    enum error e = prompt_open(
        tokens->table.app,
        &(struct prompt){.title = title,
                         .label = "Expires",
                         .note = "never, 7d, 30d, 90d, 365d, or a day: 2027-01-31. Tokens that "
                                 "ended, or are replaced and would end earlier, are left.",
                         .initial = "90d",
                         .max = TIME_MAX,
                         .done = expiry_typed,
                         .cancelled = cancelled,
                         .arg = ask});
    if (!e) return EFFECT_DRAW;
    bulk_ask_free(ask);
    return app_say_error(tokens->table.app);
}
