#include "ui/screens/token_act.h"

#include "ui/copy.h"
#include "ui/kit/dialog.h"
#include "ui/kit/undo.h"
#include "ui/screens/token_dialog.h"
#include "ui/screens/unlock.h"

#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = TOKEN_LABEL_SIZE + 24 };

/* Appends a part, separated from what stands there. */
static void add(char *out, const char *part)
{
    size_t used = strlen(out);
    snprintf(out + used, TOKEN_DETAIL_SIZE - used, "%s%s", used ? " · " : "", part);
}

/* Its name and number; the number alone where it has no name. */
static enum error name_of(struct store *store, int64_t now, int64_t number,
                          char out[static NAME_SIZE])
{
    struct token_row token;
    enum error e = token_get(store, now, number, &token);
    if (!e && token.name[0])
        snprintf(out, NAME_SIZE, "%s (#%" PRId64 ")", token.name, number);
    else
        snprintf(out, NAME_SIZE, "#%" PRId64, number);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum error add_pair(struct store *store, const struct token_row *token, int64_t now,
                           char *out)
{
    char part[NAME_SIZE + 80], used[WHEN_SIZE], name[NAME_SIZE];
    enum error e = OK;
    if (token->successor) {
        when_relative(used, token->last_used, now);
        bool still = token->last_used != WHEN_NEVER && token->last_used > token->rotated;
        e = name_of(store, now, token->successor, name);
        snprintf(part, sizeof part, "replaced by %s, %s%s", name,
                 still ? "used " : "no use since the rotation", still ? used : "");
        add(out, part);
    }
    if (token->predecessor && !e) {
        e = name_of(store, now, token->predecessor, name);
        snprintf(part, sizeof part, "replaces %s", name);
        add(out, part);
    }
    return e;
}

/* "revoked 3 d ago, still knocking: 2 min ago from 10.0.0.5" */
static void add_end(const struct token_row *token, bool account_active, int64_t now, char *out)
{
    char ago[WHEN_SIZE], denied[IMPACT_TEXT_SIZE], text[WHEN_SIZE + IMPACT_TEXT_SIZE + 16];
    bool revoked = token->revoked != WHEN_NEVER;
    when_relative(ago, token->revoked, now);
    impact_denied_text(token, account_active, now, denied, sizeof denied);
    snprintf(text, sizeof text, "%s%s%s%s", revoked ? "revoked " : "", revoked ? ago : "",
             revoked && *denied ? ", " : "", denied);
    if (*text) add(out, text);
}

enum error token_detail(struct store *store, int64_t now, const struct token_row *token,
                        bool account_active, char out[static TOKEN_DETAIL_SIZE])
{
    struct token_limits limits;
    char text[TOKEN_DETAIL_SIZE];
    out[0] = 0;
    add_end(token, account_active, now, out);
    enum error e = add_pair(store, token, now, out);
    if (e) return e;
    bool told = token_was_denied(token, now) && strcmp(token->last_from, token->denied_from) == 0;
    if (token->last_from[0] && !told) {
        snprintf(text, sizeof text, "last used from %s", token->last_from);
        add(out, text);
    }
    if (!token->narrowed && !token->networks && !token->canary) return OK;
    e = token_limits_load(store, token->number, &limits);
    if (!e) e = token_limits_text(store, &limits, text, sizeof text);
    if (e) return e;
    token_limits_free(&limits);
    add(out, text);
    return OK;
}

void token_name_cell(const struct token_row *token, struct cell *cell)
{
    cell->text = token->name;
    if (token->name[0]) return;
    cell->role = ROLE_MUTED;
    cell_format(cell, "#%" PRId64, token->number);
}

void token_masked_cell(const struct token_row *token, struct cell *cell)
{
    bool whole = cell->width >= TOKEN_MASKED_BEST, limited = token->narrowed || token->networks;
    char mask[TOKEN_MASK_SIZE];
    token_mask(token, mask);
    const char *masked = whole || !strchr(mask, '_') ? mask : strchr(mask, '_') + 1;
    int blanks = cell->width - 1 - (int)text_width(masked);
    cell_format(cell, "%s%*s%s", masked, blanks > 0 ? blanks : 0, "",
                limited ? text_glyph(GLYPH_LIMITED) : "");
}

void token_state_cell(const struct token_row *token, bool account_active, struct cell *cell)
{
    static const enum glyph glyphs[] = {GLYPH_ACTIVE, GLYPH_SUSPENDED, GLYPH_DEAD, GLYPH_DEAD};
    static const enum role roles[] = {ROLE_GOOD, ROLE_WARN, ROLE_BAD, ROLE_MUTED};
    bool canary = token->canary && token->state < TOKEN_EXPIRED;
    bool idle = canary || (token->state == TOKEN_LIVE && !account_active);
    cell->role = canary ? ROLE_WARN : idle ? ROLE_MUTED : roles[token->state];
    cell->text = text_glyph(idle ? GLYPH_INACTIVE : glyphs[token->state]);
    if (cell->width > 1)
        cell_format(cell, "%s %s", cell->text, token_shown_text(token, account_active));
}

void token_expires_cell(const struct token_row *token, int64_t now, struct cell *cell)
{
    char expires[WHEN_SIZE];
    bool soon = token_ends_soon(token, now);
    when_relative(expires, token->expires, now);
    if (soon) cell->role = ROLE_WARN;
    cell_format(cell, "%s%s", expires, soon ? " !" : "");
}

void token_used_cell(const struct token_row *token, bool account_active, int64_t now,
                     struct cell *cell)
{
    char used[WHEN_SIZE];
    bool knocks = token_is_knocking(token, account_active, now);
    when_relative(used, token->last_used, now);
    if (knocks) cell->role = ROLE_WARN;
    char *ago = strstr(used, " ago");
    if (knocks && ago && (int)text_width(used) + 2 > cell->width) *ago = 0;
    cell_format(cell, "%s%s", used, knocks ? " !" : "");
}

bool token_commit_name(struct app *app, int64_t number, const char *name)
{
    struct act act = app_act(app);
    struct token_row before, after;
    char old_label[TOKEN_LABEL_SIZE], label[TOKEN_LABEL_SIZE];
    bool changed;
    enum error e = token_get(app->store, act.now, number, &before);
    if (!e) e = token_rename(&act, number, name, &changed);
    if (!e) e = token_get(app->store, act.now, number, &after);
    if (e) {
        app_say_error(app);
        return false;
    }
    token_label(&before, old_label);
    token_label(&after, label);
    if (changed)
        undo_say(app, "", "Renamed %s to %s", old_label, label);
    else
        app_say(app, ROLE_MUTED, "Nothing changed: the name is still %s", label);
    return true;
}

const enum command token_menu[] = {
    COMMAND_TOKEN_COPY,    COMMAND_TOKEN_PEEK,   COMMAND_TOKEN_RENAME, COMMAND_TOKEN_ROTATE,
    COMMAND_TOKEN_SUSPEND, COMMAND_TOKEN_EXPIRY, COMMAND_TOKEN_FORGET, COMMAND_TOKEN_CANARY,
    COMMAND_TOKEN_OPEN,    COMMAND_TOKEN_REVOKE, COMMAND_NONE};

/* The token a question is about; by the answer the cursor may be on another row. */
struct chosen {
    struct token_row token;
    char label[TOKEN_LABEL_SIZE];
};

static struct chosen *choose(struct app *app, const struct token_row *token)
{
    struct chosen *chosen = app_alloc(app, sizeof *chosen);
    if (!chosen) return NULL;
    chosen->token = *token;
    token_label(token, chosen->label);
    return chosen;
}

static int give(struct app *app, int64_t number, bool peek)
{
    struct act act = app_act(app);
    struct secret *text;
    if (token_reveal(&act, number, app->vault, peek ? "peek" : "copy", &text))
        return app_say_error(app);
    if (peek) {
        token_peek_open(app, text);
        return EFFECT_DRAW;
    }
    int effects = copy_secret(app, text);
    secret_free(text);
    return effects;
}

static int give_copy(struct app *app, int64_t number)
{
    return give(app, number, false);
}

static int give_peek(struct app *app, int64_t number)
{
    return give(app, number, true);
}

/* What is known of the use of a token, as it is now. */
static void used_text(const struct app *app, const struct token_row *token, char *out, size_t size)
{
    const int64_t now = app_act(app).now;
    struct token_item item;
    if (token_item_get(app->store, now, token->number, &item))
        item = (struct token_item){.token = *token, .account_active = true};
    impact_token_text(&item.token, item.account_active, now, out, size);
}

static int suspend(struct screen *screen)
{
    struct app *app = screen->app;
    const struct token_row *token = screen_row(screen);
    struct act act = app_act(app);
    char label[TOKEN_LABEL_SIZE], used[2 * IMPACT_TEXT_SIZE];
    bool suspended = token->state != TOKEN_SUSPENDED;
    int64_t number = token->number;
    token_label(token, label);
    used_text(app, token, used, sizeof used);
    if (token_set_suspended(&act, number, suspended, NULL)) return app_say_error(app);
    return undo_say(app, used, "%s %s", label, suspended ? "suspended" : "resumed") | EFFECT_LOAD;
}

static int revoke_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    bool changed = false;
    enum error e = choice ? token_revoke(&act, chosen->token.number, &changed) : OK;
    if (e)
        app_say_error(app);
    else if (changed)
        app_say(app, ROLE_GOOD, "✓ %s revoked: it never works again", chosen->label);
    else if (choice)
        app_say(app, ROLE_MUTED, "Nothing changed: %s was revoked already", chosen->label);
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

/* What revoking ends, as it is now: the row on the screen may be about to be read again. Only what
 * works can stop. */
static enum error stops_text(struct app *app, const struct token_row *token, char *out, size_t size)
{
    struct token_item item;
    enum error e = token_item_get(app->store, app_act(app).now, token->number, &item);
    if (e) return e;
    if (!token_works(&item.token, item.account_active))
        snprintf(out, size, "does not work now (%s) and never will again",
                 token_shown_text(&item.token, item.account_active));
    else
        snprintf(out, size, "stops working immediately%s",
                 item.token.successor ? ", before its grace period is over" : "");
    return OK;
}

static int revoke(struct screen *screen)
{
    struct app *app = screen->app;
    const struct token_row *token = screen_row(screen);
    char used[2 * IMPACT_TEXT_SIZE], stops[100], text[900];
    if (stops_text(app, token, stops, sizeof stops)) return app_say_error(app);
    struct chosen *chosen = choose(app, token);
    if (!chosen) return EFFECT_DRAW;
    used_text(app, token, used, sizeof used);
    snprintf(text, sizeof text, "%s %s: %s. This cannot be undone.", chosen->label, stops, used);
    confirm_open(app, &(struct confirm){.title = "Revoke the token",
                                        .destroys = true,
                                        .text = text,
                                        .choices = {{"Revoke", 'Y'}},
                                        .done = revoke_confirmed,
                                        .arg = chosen});
    return EFFECT_DRAW;
}

static enum error rotate_typed(struct app *app, void *arg, const char *typed, struct secret *unused)
{
    (void)unused;
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    struct secret *text;
    int64_t grace, successor;
    enum error e = when_parse_length(typed, act.now, &grace);
    if (!e) e = token_rotate(&act, chosen->token.number, grace, &successor, &text);
    if (e) return e;
    free(chosen);
    token_dialog_open(app, successor, text);
    return OK;
}

/* Asks for one line about a token. */
static int ask(struct app *app, const struct token_row *token, const struct prompt *about)
{
    struct chosen *chosen = choose(app, token);
    if (!chosen) return EFFECT_DRAW;
    char title[TOKEN_LABEL_SIZE + 32];
    snprintf(title, sizeof title, "%s %s", about->title, chosen->label);
    struct prompt prompt = *about;
    prompt.title = title;
    prompt.cancelled = free;
    prompt.arg = chosen;
    if (!prompt_open(app, &prompt)) return EFFECT_DRAW;
    free(chosen);
    return app_say_error(app);
}

enum { TIME_MAX = 32 };

static int rotate(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    char note[200 + 2 * IMPACT_TEXT_SIZE], used[2 * IMPACT_TEXT_SIZE];
    used_text(screen->app, token, used, sizeof used);
    snprintf(note, sizeof note,
             "How long the old token keeps working alongside the new one: 0, 24h, 7d; 30d at "
             "most. It was %s.",
             used);
    return ask(screen->app, token,
               &(struct prompt){.title = "Rotate",
                                .label = "Grace",
                                .note = note,
                                .initial = "24h",
                                .max = TIME_MAX,
                                .done = rotate_typed});
}

static enum error expiry_typed(struct app *app, void *arg, const char *typed, struct secret *unused)
{
    (void)unused;
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    char date[WHEN_SIZE];
    int64_t expires;
    bool changed;
    enum error e = when_parse_expiry(typed, act.now, &expires);
    if (!e) e = token_set_expiry(&act, chosen->token.number, expires, &changed);
    if (e) return e;
    when_end(date, expires);
    const char *on = expires == WHEN_NEVER ? "" : strchr(date, 'T') ? "at " : "on ";
    if (changed)
        undo_say(app, "", "%s expires %s%s", chosen->label, on, date);
    else
        app_say(app, ROLE_MUTED, "Nothing changed: %s already expires %s%s", chosen->label, on,
                date);
    free(chosen);
    return OK;
}

static int set_expiry(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    char date[WHEN_SIZE];
    when_end(date, token->expires);
    return ask(screen->app, token,
               &(struct prompt){.title = "Expiry of",
                                .label = "Expires",
                                .note = "never, 7d, 30d, 90d, 365d, or a day: 2027-01-31",
                                .initial = date,
                                .max = TIME_MAX,
                                .done = expiry_typed});
}

static int forget_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    bool changed = false;
    enum error e = choice ? token_forget(&act, chosen->token.number, &changed) : OK;
    if (e)
        app_say_error(app);
    else if (changed)
        app_say(app, ROLE_GOOD, "✓ The secret of %s was forgotten: it can no longer be copied",
                chosen->label);
    else if (choice)
        app_say(app, ROLE_MUTED, "Nothing changed: the secret of %s was not kept any more",
                chosen->label);
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

static int canary_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    bool changed = false;
    enum error e = choice ? token_make_canary(&act, chosen->token.number, &changed) : OK;
    if (e)
        app_say_error(app);
    else if (choice && !changed)
        app_say(app, ROLE_MUTED, "Nothing changed: %s was a canary already", chosen->label);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ %s is now a canary: each use of it is an event", chosen->label);
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

/* Asks for confirmation. */
static int confirm(struct app *app, const struct token_row *token, const struct confirm *about,
                   const char *after)
{
    char text[TOKEN_LABEL_SIZE + 600], used[2 * IMPACT_TEXT_SIZE];
    struct chosen *chosen = choose(app, token);
    if (!chosen) return EFFECT_DRAW;
    used_text(app, token, used, sizeof used);
    snprintf(text, sizeof text, "%s, %s, %s", chosen->label, used, after);
    struct confirm question = *about;
    question.text = text;
    question.arg = chosen;
    confirm_open(app, &question);
    return EFFECT_DRAW;
}

static int forget(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return confirm(screen->app, token,
                   &(struct confirm){.title = "Forget the secret",
                                     .destroys = true,
                                     .choices = {{"Forget", 'Y'}},
                                     .done = forget_confirmed},
                   "works as before but can no longer be copied. This cannot be undone.");
}

static int make_canary(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return confirm(screen->app, token,
                   &(struct confirm){.title = "Make it a canary",
                                     .destroys = true,
                                     .choices = {{"Make it a canary", 'Y'}},
                                     .done = canary_confirmed},
                   "never works again. From then on every use of it is recorded as an event and "
                   "reported by gatehouse check. This cannot be undone.");
}

static int copy(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return unlock_then(screen->app, give_copy, token->number);
}

static int peek(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return unlock_then(screen->app, give_peek, token->number);
}

const char *token_why_not(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return token->state == TOKEN_REVOKED ? "it is revoked" : NULL;
}

static const char *why_not_secret(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    const char *reason = token_why_not(screen);
    return !reason && !token->sealed ? "its secret is not kept" : reason;
}

static const char *why_not_life(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return token->state == TOKEN_EXPIRED ? "it has expired" : token_why_not(screen);
}

static const char *why_not_rotate(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    if (token->canary) return "it is a canary";
    return token->state == TOKEN_SUSPENDED ? "it is suspended" : why_not_life(screen);
}

static const char *why_not_canary(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return token->canary ? "it is a canary" : why_not_life(screen);
}

static const char *suspend_label(const struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    return token->state == TOKEN_SUSPENDED ? "Resume" : "Suspend";
}

const struct screen_command token_act_commands[] = {
    {COMMAND_TOKEN_COPY, .run = copy, .why_not = why_not_secret, .needs_row = true},
    {COMMAND_TOKEN_PEEK, .run = peek, .why_not = why_not_secret, .needs_row = true},
    {COMMAND_TOKEN_SUSPEND, .run = suspend, .why_not = why_not_life, .label = suspend_label,
     .needs_row = true},
    {COMMAND_TOKEN_ROTATE, .run = rotate, .why_not = why_not_rotate, .needs_row = true},
    {COMMAND_TOKEN_EXPIRY, .run = set_expiry, .why_not = why_not_life, .needs_row = true},
    {COMMAND_TOKEN_FORGET, .run = forget, .why_not = why_not_secret, .needs_row = true},
    {COMMAND_TOKEN_CANARY, .run = make_canary, .why_not = why_not_canary, .needs_row = true},
    {COMMAND_TOKEN_REVOKE, .run = revoke, .why_not = token_why_not, .needs_row = true},
    {.command = COMMAND_NONE},
};
