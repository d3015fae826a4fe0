#include "ui/kit/undo.h"

#include "ui/command.h"
#include "ui/kit/dialog.h"
#include "ui/kit/progress.h"

#include <gatehouse/revert.h>
#include <gatehouse/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNDO_MAX = 20 };

struct undo {
    struct event_range acts[UNDO_MAX]; /* the newest last */
    size_t count;
    /* Acts that were taken back, and what took them back: they cancel each other out. */
    struct event_range *settled;
    size_t settled_count;
};

struct undo *undo_new(void)
{
    return calloc(1, sizeof(struct undo));
}

void undo_free(struct undo *undo)
{
    if (undo) free(undo->settled);
    free(undo);
}

static void push(struct undo *undo, struct event_range act)
{
    if (undo->count == UNDO_MAX) {
        memmove(undo->acts, undo->acts + 1, (UNDO_MAX - 1) * sizeof *undo->acts);
        undo->count--;
    }
    undo->acts[undo->count++] = act;
}

/* Without memory, an older act on the same thing will count as changed since. */
static void settle(struct undo *undo, struct event_range range)
{
    if (!range.first) return;
    struct event_range *grown =
        realloc(undo->settled, (undo->settled_count + 1) * sizeof *undo->settled);
    if (!grown) return;
    undo->settled = grown;
    undo->settled[undo->settled_count++] = range;
}

/* Cuts what was done in the middle, where a long name is, so that the offer after it is seen. */
static void make_room(const struct app *app, const char *offer, char *done, size_t size)
{
    enum { AROUND = 4, LEAST = 16 }; /* "✓ " and a blank on either side of the line */
    int room = app->columns - AROUND - (int)text_width(offer);
    char cut[300];
    if (room < LEAST || (int)text_width(done) <= room) return;
    text_visible_middle(cut, sizeof cut, done, (size_t)room);
    snprintf(done, size, "%s", cut);
}

int undo_say(struct app *app, const char *details, const char *format, ...)
{
    char done[300], offer[COMMAND_KEY_SIZE + 16] = "";
    bool possible;
    va_list args;
    va_start(args, format);
    vsnprintf(done, sizeof done, format, args);
    va_end(args);
    struct event_range act = audit_last(app->store);
    if (act.last <= app->written) {
        app_say(app, ROLE_MUTED, "Nothing changed");
        return EFFECT_DRAW;
    }
    if (revert_is_possible(app->store, act, &possible)) return app_say_error(app);
    if (possible) {
        push(app->undo, act);
        snprintf(offer, sizeof offer, " · %s undo", command_key(COMMAND_UNDO).text);
        make_room(app, offer, done, sizeof done);
    }
    app_say(app, ROLE_GOOD, "✓ %s%s%s%s", done, offer, *details ? " · " : "", details);
    app->offers_undo = possible;
    return EFFECT_DRAW;
}

/* What was left, and why: on the result line if it is one thing, else in a window of its own. */
static void say_left(struct app *app, const struct revert_result *result)
{
    const char *done = result->changed ? "Undone, but not" : "Not undone:";
    if (result->left == 1) {
        app_say(app, ROLE_WARN, "%s %s", done, result->reasons[0]);
        return;
    }
    enum { TEXT_MAX = 1000, MORE = 40 };
    char text[TEXT_MAX] = "", title[64];
    size_t used = 0, i = 0;
    for (; i < result->left && used + strlen(result->reasons[i]) + MORE < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? "\n" : "",
                                 result->reasons[i]);
    if (i < result->left)
        snprintf(text + used, sizeof text - used, "\nand %s more",
                 number_text((int64_t)(result->left - i)).text);
    snprintf(title, sizeof title, "%s these %s", done, number_text((int64_t)result->left).text);
    confirm_open(app, &(struct confirm){.title = title, .text = text, .cancel = "Close"});
}

static int take_back(struct app *app)
{
    struct undo *undo = app->undo;
    struct event_range act = undo->acts[undo->count - 1];
    struct long_work work;
    struct progress progress = progress_of(&work, app, "Undoing");
    struct revert_result result;
    char done[400];
    const struct revert revert = {
        .act = act, .settled = undo->settled, .settled_count = undo->settled_count};
    struct act now = app_act(app);
    enum error e = revert_describe(app->store, act, true, done, sizeof done);
    if (!e) e = revert_run(&now, &revert, &progress, &result);
    if (e == ERR_STOPPED || e == ERR_BUSY) return app_say_error(app);
    undo->count--;
    if (e) return app_say_error(app) | EFFECT_LOAD;
    settle(undo, act);
    settle(undo, result.events);
    if (result.left)
        say_left(app, &result);
    else if (!result.changed)
        app_say(app, ROLE_MUTED, "Nothing changed");
    else
        app_say(app, ROLE_GOOD, "✓ Undone: %s", done);
    revert_result_free(&result);
    return EFFECT_LOAD;
}

static int confirmed(struct app *app, void *arg, int choice)
{
    (void)arg;
    return choice ? take_back(app) : EFFECT_DRAW;
}

int undo_run(struct app *app)
{
    struct undo *undo = app->undo;
    char done[400], text[500];
    if (!undo->count) {
        app_say(app, ROLE_MUTED, "Nothing to undo");
        return EFFECT_DRAW;
    }
    if (app->offers_undo) return take_back(app);
    if (revert_describe(app->store, undo->acts[undo->count - 1], false, done, sizeof done))
        return app_say_error(app);
    snprintf(text, sizeof text, "Earlier in this console, %s. Undo that?", done);
    confirm_open(app, &(struct confirm){.title = "Undo an earlier change",
                                        .text = text,
                                        .choices = {{"Undo", 'Y'}},
                                        .done = confirmed});
    return EFFECT_DRAW;
}
