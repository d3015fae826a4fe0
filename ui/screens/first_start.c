#include "ui/screens/first_start.h"

#include "ui/kit/dialog.h"
#include "ui/kit/frame.h"
#include "ui/loop.h"
#include "ui/screen.h"
#include "ui/screens/unlock.h"
#include "ui/screens/vault_screen.h"
#include "ui/terminal/key.h"

#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHOICES = 3, PATH_CHARACTERS = 400 };

static const struct {
    int key;
    const char *title, *text;
} choices[CHOICES] = {
    {'p', "Passphrase",
     "Tokens are kept encrypted. Copying an older one asks for a passphrase of at least 12 "
     "characters. The right choice for most."},
    {'k', "Key file",
     "The same, but with a file as the key: keep it on another disk or a USB stick. It is "
     "created if it does not exist."},
    {'s', "Show tokens once",
     "Nothing is kept: a token is shown when it is generated and never again. Nothing to lose, "
     "nothing to leak."},
};

struct first_start {
    struct screen screen;
    size_t at;
    struct pane pane;
};

enum { COLUMNS = 74, INDENT = 5, TITLE_ROWS = 1, FOOT_ROWS = 1, CHOICE_ROWS = 4 };

/* Returns the row below. */
static int draw_choice(const struct first_start *start, const struct canvas *canvas, int row,
                       size_t i)
{
    struct canvas line = canvas_row(canvas, row++, i == start->at, 0);
    int columns = canvas->columns - 2 < COLUMNS ? canvas->columns - 2 : COLUMNS;
    draw_format(&line, 0, 2, ROLE_BOLD, "%c  %s", choices[i].key, choices[i].title);
    row += draw_wrapped(canvas, row, INDENT, columns - INDENT, ROLE_MUTED, choices[i].text);
    return row;
}

static int draw_choices(void *arg, const struct canvas *canvas)
{
    const struct first_start *start = arg;
    int columns = canvas->columns - 2 < COLUMNS ? canvas->columns - 2 : COLUMNS;
    int row = 1 + draw_wrapped(canvas, 1, 1, columns, ROLE_MUTED,
                               "There is no database yet. How should it keep the tokens that you "
                               "generate? Checking tokens works the same with all three.");
    for (size_t i = 0; i < CHOICES; i++) {
        if (i == start->at) draw_cursor(canvas, row + 1, 2, false);
        row = draw_choice(start, canvas, row + 1, i);
    }
    return row;
}

static void draw(struct screen *screen, const struct canvas *whole)
{
    struct first_start *start = (struct first_start *)screen;
    struct canvas above = frame_draw_bottom(screen, whole);
    const struct canvas *canvas = &above;
    struct canvas body =
        canvas_part(canvas, TITLE_ROWS, 0, canvas->rows - TITLE_ROWS - FOOT_ROWS, canvas->columns);
    draw_text(canvas, 0, 1, ROLE_BOLD, "Welcome to Gatehouse");
    pane_draw(&start->pane, &body, draw_choices, start);
    draw_format(canvas, canvas->rows - 1, 1, ROLE_MUTED, "Database: %s",
                screen->app->options->database);
}

struct filling {
    struct app *app;
    enum slot_kind kind;
    const struct secret *unlock;
};

static enum error fill(struct store *store, void *arg)
{
    struct filling *filling = arg;
    struct act act = {.store = store, .actor = &filling->app->actor, .now = ambient_now()};
    return vault_create(&act, filling->kind, "", filling->unlock, ambient_kdf_cost());
}

/* All or nothing: a database without its vault would confuse the next start. */
static enum error create(struct app *app, enum slot_kind kind, const struct secret *unlock)
{
    struct filling filling = {app, kind, unlock};
    enum error e = database_make_folder(app->options->database);
    if (!e) e = database_create(app->options->database, fill, &filling);
    return e ? e : app->open_database(app);
}

static int code_wanted(struct app *app, void *arg, int choice)
{
    (void)arg;
    int effects = choice ? vault_show_recovery_code(app) : EFFECT_DRAW;
    app_lock(app);
    return effects;
}

/* Asked now because the vault is unlocked: later it would take the passphrase again. */
static void offer_code(struct app *app, enum slot_kind kind, const struct secret *unlock)
{
    char text[300];
    struct vault *vault;
    struct act act = app_act(app);
    if (vault_unlock(&act, kind, unlock, &vault)) return;
    app_set_vault(app, vault);
    snprintf(text, sizeof text,
             "A code on paper unlocks the vault if the passphrase or the key file is lost. It is "
             "shown once. You can also create one later: %s, then %s.",
             command_key(COMMAND_VAULT).text, command_key(COMMAND_SLOT_ADD).text);
    confirm_open(app, &(struct confirm){.title = "Create a recovery code as well?",
                                        .text = text,
                                        .choices = {{"Show a code", 'Y'}},
                                        .cancel = "Not now",
                                        .done = code_wanted});
}

static struct first_start *find(struct app *app)
{
    struct screen *screen = app->top;
    while (screen->below)
        screen = screen->below;
    return (struct first_start *)screen;
}

static enum error finish(struct app *app, enum slot_kind kind, const struct secret *unlock)
{
    struct first_start *start = find(app);
    app_say(app, ROLE_MUTED, "Creating the database");
    loop_draw(app);
    enum error e = create(app, kind, unlock);
    app->message[0] = 0;
    if (e) return e;
    screen_close(&start->screen);
    app_say(app, ROLE_GOOD, "Created %s", app->options->database);
    if (unlock) offer_code(app, kind, unlock);
    return OK;
}

static enum error passphrase_given(struct app *app, void *arg, const struct secret *passphrase)
{
    (void)arg;
    return finish(app, SLOT_PASSPHRASE, passphrase);
}

static enum error key_file_named(struct app *app, void *arg, const char *path, struct secret *none)
{
    (void)arg, (void)none;
    struct secret *key;
    bool made;
    enum error e = keybox_take_key_file(path, &made, &key);
    if (!e) e = finish(app, SLOT_KEY_FILE, key);
    if (e && made) unlink(path);
    secret_free(key);
    return e;
}

static int choose(struct screen *screen)
{
    struct app *app = screen->app;
    struct first_start *start = (struct first_start *)screen;
    enum error e;
    if (start->at == 0)
        e = passphrase_open(
            app,
            &(struct passphrase){.title = "Passphrase of the vault",
                                 .note = "At least 12 characters. If you lose it, old tokens can "
                                         "no longer be copied, but they keep working.",
                                 .done = passphrase_given});
    else if (start->at == 1)
        e = prompt_open(app,
                        &(struct prompt){.title = "Key file of the vault",
                                         .label = "File",
                                         .note = "Created with mode 0600 if it does not exist.",
                                         .max = PATH_CHARACTERS,
                                         .done = key_file_named,
                                         .arg = start});
    else
        e = finish(app, SLOT_PASSPHRASE, NULL);
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static int key(struct screen *screen, int pressed)
{
    struct first_start *start = (struct first_start *)screen;
    for (size_t i = 0; i < CHOICES; i++) {
        if (pressed != choices[i].key) continue;
        start->at = i;
        return EFFECT_DRAW;
    }
    return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
}

static int move(struct screen *screen, enum command command)
{
    struct first_start *start = (struct first_start *)screen;
    int at = (int)start->at + command_rows(command, CHOICES, CHOICES);
    start->at = (size_t)(at < 0 ? 0 : at < CHOICES ? at : CHOICES - 1);
    return EFFECT_DRAW;
}

static const struct screen_command start_commands[] = {
    {COMMAND_ACCEPT, .run = choose, .hint = "choose"},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_DOWN, COMMAND_UP, COMMAND_NONE};

static void close_start(struct screen *screen)
{
    free(screen);
}

static const struct screen_class start_class = {
    .title = "First start",
    .footer = footer,
    .contexts = {{CONTEXT_MENU, CONTEXT_LIST}},
    .draw = draw,
    .key = key,
    .commands = {start_commands},
    .move = move,
    .close = close_start,
};

enum error first_start_open(struct app *app)
{
    struct first_start *start = screen_new(app, &start_class, sizeof *start);
    if (!start) return ERR_SYSTEM;
    start->pane.around = CHOICE_ROWS;
    screen_push(&start->screen);
    return OK;
}
