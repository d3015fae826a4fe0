#include "ui/kit/chooser.h"

#include "ui/background.h"
#include "ui/kit/dialog.h"
#include "ui/kit/field.h"
#include "ui/screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/account_list.h>
#include <gatehouse/ambient.h>
#include <gatehouse/ascii.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 60, ROWS = 8, DETAIL_ROWS = 3, FOUND_MAX = 100, TYPED_MAX = 80 };

struct chooser_screen {
    struct screen screen;
    struct chooser chooser;
    char title[128];
    struct field field;
    struct choice *found; /* FOUND_MAX */
    size_t count, cursor;
    struct pane pane;
    bool stale;   /* the text has changed since the search began */
    bool finding; /* in the background */
};

struct finding {
    struct job job;
    struct chooser_screen *chooser;
    enum error (*find)(struct store *store, const void *arg, const char *text, struct choice *out,
                       size_t max, size_t *count);
    char text[TYPED_MAX * 4 + 1];
    struct choice *found;
    size_t count;
};

/* The cursor stays on its choice unless the text has changed. */
static void take(struct chooser_screen *chooser, struct choice **found, size_t count)
{
    int64_t id = chooser->cursor < chooser->count ? chooser->found[chooser->cursor].id : 0;
    struct choice *old = chooser->found;
    chooser->found = *found;
    *found = old;
    chooser->count = count;
    chooser->cursor = 0;
    for (size_t i = 0; i < count && !chooser->stale; i++)
        if (chooser->found[i].id == id) chooser->cursor = i;
    chooser->stale = false;
}

static enum error run_finding(struct job *job, struct store *store)
{
    struct finding *finding = (struct finding *)job;
    return finding->find(store, NULL, finding->text, finding->found, FOUND_MAX, &finding->count);
}

static void done_finding(struct app *app, struct job *job, enum error e)
{
    struct finding *finding = (struct finding *)job;
    finding->chooser->finding = false;
    if (e)
        app_say_error(app);
    else
        take(finding->chooser, &finding->found, finding->count);
}

static void free_finding(struct job *job)
{
    free(((struct finding *)job)->found);
    free(job);
}

static struct finding *new_finding(struct chooser_screen *chooser)
{
    struct finding *finding = calloc(1, sizeof *finding);
    if (!finding || !(finding->found = malloc(FOUND_MAX * sizeof *finding->found))) {
        free(finding);
        return NULL;
    }
    finding->job = (struct job){
        .owner = chooser, .run = run_finding, .done = done_finding, .free = free_finding};
    finding->chooser = chooser;
    finding->find = chooser->chooser.find;
    snprintf(finding->text, sizeof finding->text, "%s", chooser->field.text);
    return finding;
}

static enum error load(struct screen *screen)
{
    struct app *app = screen->app;
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    struct finding *finding = new_finding(chooser);
    if (!finding) return fail_memory();
    if (chooser->chooser.in_background) {
        chooser->finding = true;
        background_post(app->background, &finding->job);
        return OK;
    }
    enum error e = finding->find(app->store, chooser->chooser.arg, finding->text, finding->found,
                                 FOUND_MAX, &finding->count);
    if (!e) take(chooser, &finding->found, finding->count);
    free_finding(&finding->job);
    return e;
}

static void draw_choice(const struct chooser_screen *chooser, const struct canvas *canvas,
                        size_t index)
{
    struct canvas line = canvas_row(canvas, (int)index, index == chooser->cursor, 0);
    draw_cell(&line, 0, 2, line.columns - 2, ROLE_TEXT, chooser->found[index].label);
    if (line.lit) draw_cursor(&line, 0, 0, false);
}

static int draw_choices(void *arg, const struct canvas *canvas)
{
    const struct chooser_screen *chooser = arg;
    for (size_t i = 0; i < chooser->count; i++) {
        draw_choice(chooser, canvas, i);
        screen_target(&chooser->screen, canvas, (int)i, 0, canvas->columns, UI_TARGET + (int)i);
    }
    if (chooser->count) return (int)chooser->count;
    if (!chooser->screen.wants_load && !chooser->finding)
        draw_text(canvas, 0, 2, ROLE_MUTED, "Nothing matches");
    return 1;
}

/* What tells the one under the cursor apart: always the same rows, so that the box stays still. */
static int draw_detail(void *arg, const struct canvas *canvas)
{
    const struct chooser_screen *chooser = arg;
    struct canvas lines = canvas_part(canvas, 0, 2, DETAIL_ROWS, canvas->columns - 4);
    if (chooser->cursor < chooser->count)
        draw_wrapped(&lines, 0, 0, lines.columns, ROLE_MUTED,
                     chooser->found[chooser->cursor].detail);
    return DETAIL_ROWS;
}

static int draw_field(void *arg, const struct canvas *canvas)
{
    struct chooser_screen *chooser = arg;
    draw_text(canvas, 0, 0, ROLE_ACCENT, "/");
    field_draw(&chooser->field, canvas, 0, 2, canvas->columns - 2, 1, true);
    return 1;
}

static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    dialog_draw(canvas,
                &(struct dialog_parts){.title = chooser->title,
                                       .columns = COLUMNS,
                                       .body_rows = ROWS,
                                       .head = draw_field,
                                       .body = draw_choices,
                                       .foot = draw_detail,
                                       .pane = &chooser->pane},
                chooser);
}

/* However fast one types, what is chosen matches what was typed. */
static int choose(struct screen *screen)
{
    struct app *app = screen->app;
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    if (chooser->screen.wants_load && !load(&chooser->screen)) chooser->screen.wants_load = false;
    if (chooser->finding) background_wait(app, chooser);
    if (chooser->stale || chooser->cursor >= chooser->count) return EFFECT_NONE;
    int (*chosen)(struct app *, void *, int64_t) = chooser->chooser.chosen;
    void *arg = chooser->chooser.arg;
    int64_t id = chooser->found[chooser->cursor].id;
    chooser->chooser.cancelled = NULL;
    screen_close(&chooser->screen);
    return chosen(app, arg, id) | EFFECT_DRAW;
}

static int key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    if (key >= UI_TARGET) {
        chooser->cursor = (size_t)(key - UI_TARGET);
        return choose(screen);
    }
    enum field_effect effect = field_press(&chooser->field, app->input, key);
    if (effect == FIELD_PASSED) return EFFECT_PASS;
    if (effect != FIELD_CHANGED) return EFFECT_DRAW;
    chooser->stale = true;
    return EFFECT_LOAD;
}

static int move(struct screen *screen, enum command command)
{
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    int count = (int)chooser->count, at = (int)chooser->cursor + command_rows(command, ROWS, count);
    chooser->cursor = at < 0 || !count ? 0 : (size_t)(at < count ? at : count - 1);
    return EFFECT_DRAW;
}

static int cancel(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command chooser_commands[] = {
    {COMMAND_ACCEPT, .run = choose, .hint = "choose"},
    {COMMAND_NEXT_PART, .run = choose, .hint = "choose"},
    {COMMAND_ESCAPE, .run = cancel, .hint = "cancel"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_DOWN, COMMAND_UP, COMMAND_NONE};

static void close_chooser(struct screen *screen)
{
    struct app *app = screen->app;
    struct chooser_screen *chooser = (struct chooser_screen *)screen;
    if (chooser->chooser.in_background) background_leave(app->background, chooser);
    if (chooser->chooser.cancelled) chooser->chooser.cancelled(chooser->chooser.arg);
    field_free(&chooser->field);
    free(chooser->found);
    free(chooser);
}

static const struct screen_class chooser_class = {
    .title = "Choose",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_TEXT, CONTEXT_LIST}},
    .load = load,
    .draw = draw,
    .key = key,
    .commands = {chooser_commands},
    .move = move,
    .close = close_chooser,
};

enum error chooser_open(struct app *app, const struct chooser *asked)
{
    struct chooser_screen *chooser = screen_new(app, &chooser_class, sizeof *chooser);
    if (!chooser) return ERR_SYSTEM;
    chooser->found = malloc(FOUND_MAX * sizeof *chooser->found);
    enum error e = chooser->found ? field_init(&chooser->field, TYPED_MAX, false) : fail_memory();
    if (e) {
        free(chooser->found);
        free(chooser);
        return e;
    }
    chooser->chooser = *asked;
    snprintf(chooser->title, sizeof chooser->title, "%s", asked->title);
    screen_push(&chooser->screen);
    return OK;
}

enum error choose_groups(struct store *store, const void *arg, const char *text, struct choice *out,
                         size_t max, size_t *count)
{
    (void)arg;
    struct group_rows *groups;
    *count = 0;
    enum error e = group_list(store, text, max + 1, &groups);
    if (e) return e;
    for (size_t i = 0; i < groups->count && *count < max; i++) {
        const struct group *group = &groups->items[i];
        if (group->system) continue;
        char members[TEXT_COUNT_SIZE], permissions[TEXT_COUNT_SIZE];
        struct choice *choice = &out[(*count)++];
        choice->id = group->number;
        snprintf(choice->label, sizeof choice->label, "%s", group->name);
        snprintf(choice->detail, sizeof choice->detail, "%s, %s. %s",
                 text_count(members, group->members, "member"),
                 text_count(permissions, group->permissions, "permission"), group->summary);
    }
    free(groups);
    return OK;
}

enum error choose_permissions(struct store *store, const void *arg, const char *text,
                              struct choice *out, size_t max, size_t *count)
{
    (void)arg;
    struct permissions *catalogue;
    *count = 0;
    enum error e = permission_list(store, &catalogue);
    if (e) return e;
    for (size_t i = 0; i < catalogue->count && *count < max; i++) {
        const struct permission *permission = &catalogue->items[i];
        if (!ascii_casestr(permission->name, text) && !ascii_casestr(permission->id, text))
            continue;
        struct choice *choice = &out[(*count)++];
        choice->id = permission->number;
        snprintf(choice->label, sizeof choice->label, "%s", permission->name);
        snprintf(choice->detail, sizeof choice->detail, "%s: %s", permission->id,
                 permission->sentence);
    }
    free(catalogue);
    return OK;
}

enum error choose_accounts(struct store *store, const void *arg, const char *text,
                           struct choice *out, size_t max, size_t *count)
{
    (void)arg;
    const struct account_query query = {.filter = text};
    const struct account_place top = {0};
    struct account_row *rows = malloc(max * sizeof *rows);
    *count = 0;
    if (!rows) return fail_memory();
    enum error e =
        account_page(store, ambient_now(), &query, &top, (struct page){.max = max}, rows, count);
    for (size_t i = 0; i < *count && !e; i++) {
        out[i].id = rows[i].number;
        account_id_text(out[i].label, rows[i].name);
        snprintf(out[i].detail, sizeof out[i].detail, "%.1600s", rows[i].description);
    }
    free(rows);
    return e;
}
