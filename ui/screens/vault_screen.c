#include "ui/screens/vault_screen.h"

#include "ui/kit/columns.h"
#include "ui/kit/dialog.h"
#include "ui/kit/frame.h"
#include "ui/loop.h"
#include "ui/screens/token_dialog.h"
#include "ui/screens/unlock.h"

#include <gatehouse/ambient.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_CHARACTERS = 400 };

struct vault_screen {
    struct screen screen;
    struct vault_slots *slots;
    bool locked; /* secrets stay out of the swap space */
    size_t at;
    struct pane pane;
    int64_t removing; /* the slot a question is about */
};

/* What is being made: a new slot (0) or another secret for an old one. */
struct making {
    int64_t slot;
    enum slot_kind kind;
};

static enum error load(struct screen *screen)
{
    struct app *app = screen->app;
    struct vault_screen *vault = (struct vault_screen *)screen;
    struct vault_slots *slots;
    enum error e = vault_list_slots(app->store, &slots);
    if (e) return e;
    free(vault->slots);
    vault->slots = slots;
    vault->locked = secret_stays_in_memory();
    if (vault->at >= slots->count) vault->at = slots->count ? slots->count - 1 : 0;
    return OK;
}

static void number_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell_format(cell, "%" PRId64, ((const struct vault_slot *)row)->id);
}

static void kind_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = slot_kind_text(((const struct vault_slot *)row)->kind);
}

static void created_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    when_date(cell->buffer, ((const struct vault_slot *)row)->created);
    cell->text = cell->buffer;
}

static void label_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    cell->text = ((const struct vault_slot *)row)->label;
}

const struct columns vault_screen_columns = {
    .left = 2,
    .items = {
        {.title = "SLOT",
         .least = 4,
         .align = COLUMN_RIGHT,
         .role = ROLE_MUTED,
         .cell = number_cell},
        {.title = "KIND", .least = 15, .gap = 2, .cell = kind_cell},
        {.title = "CREATED",
         .from = 48,
         .least = 11,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = created_cell},
        {.title = "LABEL", .least = 8, .grow = 1, .gap = 1, .cell = label_cell},
    }};

/* Returns the row below. */
static int draw_warnings(const struct vault_screen *vault, const struct canvas *canvas, int row)
{
    char text[160];
    for (size_t i = 0; i < vault->slots->count; i++) {
        const struct vault_slot *slot = &vault->slots->items[i];
        if (!slot->weak) continue;
        snprintf(text, sizeof text,
                 "The key file of slot %" PRId64 " is not random enough: change the slot to a new "
                 "one",
                 slot->id);
        row += draw_wrapped(canvas, row, 2, canvas->columns - 4, ROLE_WARN, text);
    }
    if (!vault->locked)
        row +=
            draw_wrapped(canvas, row, 2, canvas->columns - 4, ROLE_WARN,
                         "Secrets in memory may be written to the swap space: raise `ulimit -l`");
    return row;
}

static int draw_slots(void *arg, const struct canvas *canvas)
{
    const struct vault_screen *vault = arg;
    struct layout layout;
    columns_lay_out(&vault_screen_columns, canvas->columns + 1, &layout);
    for (size_t i = 0; i < vault->slots->count; i++) {
        struct canvas line = canvas_row(canvas, (int)i, i == vault->at, layout.bar);
        columns_draw_row(&vault_screen_columns, &layout, &line, 0, NULL, &vault->slots->items[i]);
        if (line.lit) draw_cursor(&line, 0, vault_screen_columns.left, false);
    }
    return draw_warnings(vault, canvas, (int)vault->slots->count + 1);
}

static int draw_empty(void *arg, const struct canvas *canvas)
{
    draw_cursor(canvas, 0, 2, false);
    int rows = draw_wrapped(canvas, 0, 2, canvas->columns - 4, ROLE_MUTED,
                            "This database shows tokens once and keeps none: there is nothing to "
                            "unlock.");
    return draw_warnings(arg, canvas, rows + 1);
}

static void draw(struct screen *screen, const struct canvas *whole)
{
    enum { TOP = 3 /* title, blank, heads */ };
    struct vault_screen *vault = (struct vault_screen *)screen;
    struct canvas canvas = frame_draw_bottom(screen, whole);
    draw_text(&canvas, 0, 1, ROLE_BOLD, "Vault");
    draw_text(&canvas, 0, 8, ROLE_MUTED, screen->app->vault ? "unlocked" : "locked");
    if (!vault->slots) return;
    bool any = vault->slots->count > 0;
    struct layout layout;
    columns_lay_out(&vault_screen_columns, canvas.columns, &layout);
    if (any) columns_draw_heads(&vault_screen_columns, &layout, &canvas, TOP - 1, -1, false);
    struct canvas window = canvas_part(&canvas, any ? TOP : TOP - 1, 0,
                                       canvas.rows - (any ? TOP : TOP - 1), canvas.columns);
    pane_draw(&vault->pane, &window, any ? draw_slots : draw_empty, vault);
}

static enum error store_secret(struct app *app, const struct making *making,
                               const struct secret *secret)
{
    struct act act = app_act(app);
    app_say(app, ROLE_MUTED, "Deriving the key");
    loop_draw(app);
    enum error e =
        making->slot
            ? vault_change_slot(&act, app->vault, making->slot, secret, ambient_kdf_cost())
            : vault_add_slot(&act, app->vault, making->kind, "", secret, ambient_kdf_cost(), NULL);
    if (e)
        app->message[0] = 0;
    else
        app_say(app, ROLE_GOOD, making->slot ? "The key slot was changed" : "A key slot was added");
    return e;
}

static enum error file_named(struct app *app, void *arg, const char *path, struct secret *none)
{
    (void)none;
    struct making *making = arg;
    struct secret *secret;
    bool made;
    enum error e = keybox_take_key_file(path, &made, &secret);
    if (!e) e = store_secret(app, making, secret);
    if (e && made) unlink(path);
    secret_free(secret);
    if (!e) free(making);
    return e;
}

static enum error passphrase_given(struct app *app, void *arg, const struct secret *passphrase)
{
    struct making *making = arg;
    enum error e = store_secret(app, making, passphrase);
    if (!e) free(making);
    return e;
}

static int make_recovery_code(struct app *app, const struct making *making)
{
    struct secret *code, *shown;
    enum error e = keybox_recovery_code(&shown);
    if (!e && !(e = secret_new(shown->size, &code))) {
        e = secret_set(code, shown->bytes, shown->size);
        if (!e) e = keybox_recovery_normalise(code);
        if (!e) e = store_secret(app, making, code);
        secret_free(code);
    }
    if (e) return app_say_error(app);
    token_code_open(app, shown);
    return EFFECT_LOAD;
}

int vault_show_recovery_code(struct app *app)
{
    return make_recovery_code(app, &(struct making){.kind = SLOT_RECOVERY});
}

static int make_code_and_end(struct app *app, struct making *making)
{
    int effects = make_recovery_code(app, making);
    free(making);
    return effects;
}

/* Takes over `making`. */
static int ask(struct app *app, struct making *making)
{
    if (making->kind == SLOT_RECOVERY) return make_code_and_end(app, making);
    const char *title = making->slot ? "Change the key slot" : "Add a key slot";
    enum error e =
        making->kind == SLOT_KEY_FILE
            ? prompt_open(app,
                          &(struct prompt){.title = title,
                                           .label = "Key file",
                                           .note = "Created with mode 0600 if it does not exist.",
                                           .max = PATH_CHARACTERS,
                                           .done = file_named,
                                           .cancelled = free,
                                           .arg = making})
            : passphrase_open(app, &(struct passphrase){.title = title,
                                                        .note = "At least 12 characters.",
                                                        .done = passphrase_given,
                                                        .cancelled = free,
                                                        .arg = making});
    if (!e) return EFFECT_DRAW;
    free(making);
    return app_say_error(app);
}

static int kind_chosen(struct app *app, void *arg, int choice)
{
    (void)arg;
    if (choice == 0) return EFFECT_DRAW;
    struct making *making = app_alloc(app, sizeof *making);
    if (!making) return EFFECT_DRAW;
    making->kind = (enum slot_kind)choice;
    return ask(app, making);
}

static int ask_kind(struct app *app, int64_t unused)
{
    (void)unused;
    confirm_open(app,
                 &(struct confirm){
                     .title = "Add a key slot",
                     .text = "What else should unlock the vault?",
                     .choices = {{"Passphrase", 'p'}, {"Key file", 'k'}, {"Recovery code", 'r'}},
                     .done = kind_chosen});
    return EFFECT_DRAW;
}

static int ask_secret(struct app *app, int64_t slot)
{
    struct vault_slots *slots;
    struct making *making = app_alloc(app, sizeof *making);
    if (!making || vault_list_slots(app->store, &slots)) {
        free(making);
        return app_say_error(app);
    }
    for (size_t i = 0; i < slots->count; i++)
        if (slots->items[i].id == slot) *making = (struct making){slot, slots->items[i].kind};
    free(slots);
    if (making->slot) return ask(app, making);
    free(making);
    app_say(app, ROLE_WARN, "That key slot no longer exists");
    return EFFECT_LOAD;
}

static int remove_confirmed(struct app *app, void *arg, int choice)
{
    struct vault_screen *vault = arg;
    struct act act = app_act(app);
    if (choice == 0) return EFFECT_DRAW;
    if (vault_remove_slot(&act, vault->removing)) return app_say_error(app);
    app_say(app, ROLE_GOOD, "The key slot was removed");
    return EFFECT_LOAD;
}

static const void *current(const struct screen *screen, const char **why_not)
{
    const struct vault_screen *vault = (const struct vault_screen *)screen;
    *why_not = "there is no key slot";
    return vault->slots && vault->slots->count ? &vault->slots->items[vault->at] : NULL;
}

static int add(struct screen *screen)
{
    return unlock_then(screen->app, ask_kind, 0);
}

static int change(struct screen *screen)
{
    const struct vault_slot *slot = screen_row(screen);
    return unlock_then(screen->app, ask_secret, slot->id);
}

static int remove_slot(struct screen *screen)
{
    struct vault_screen *vault = (struct vault_screen *)screen;
    const struct vault_slot *slot = screen_row(screen);
    vault->removing = slot->id;
    confirm_open(screen->app,
                 &(struct confirm){.title = "Remove the key slot",
                                   .destroys = true,
                                   .text = "Its secret will no longer unlock the vault.",
                                   .choices = {{"Remove", 'Y'}},
                                   .done = remove_confirmed,
                                   .arg = vault});
    return EFFECT_DRAW;
}

static const struct screen_command vault_commands[] = {
    {COMMAND_SLOT_ADD, .run = add},
    {COMMAND_SLOT_CHANGE, .run = change, .needs_row = true},
    {COMMAND_SLOT_REMOVE, .run = remove_slot, .needs_row = true},
    {.command = COMMAND_NONE},
};

static int move(struct screen *screen, enum command command)
{
    struct vault_screen *vault = (struct vault_screen *)screen;
    int count = vault->slots ? (int)vault->slots->count : 0;
    int at = (int)vault->at + command_rows(command, count, count);
    vault->at = at < 0 || !count ? 0 : at < count ? (size_t)at : (size_t)count - 1;
    return EFFECT_DRAW;
}

static void close_vault(struct screen *screen)
{
    free(((struct vault_screen *)screen)->slots);
    free(screen);
}

static const enum command footer[] = {COMMAND_SLOT_ADD, COMMAND_SLOT_CHANGE, COMMAND_SLOT_REMOVE,
                                      COMMAND_NONE};

static const struct screen_class vault_class = {
    .title = "Vault",
    .footer = footer,
    .contexts = {{CONTEXT_VAULT, CONTEXT_LIST}},
    .load = load,
    .draw = draw,
    .commands = {vault_commands},
    .row = current,
    .move = move,
    .close = close_vault,
};

void vault_screen_open(struct app *app)
{
    struct vault_screen *vault = screen_new(app, &vault_class, sizeof *vault);
    if (!vault) return;
    screen_push(&vault->screen);
}
