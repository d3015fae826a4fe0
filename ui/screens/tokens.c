/* How the list of tokens looks. */
#include "ui/screens/tokens.h"

#include "ui/kit/chooser.h"
#include "ui/kit/frame.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/token_form.h"
#include "ui/screens/tokens_screen.h"
#include "ui/terminal/input.h"
#include "ui/undo.h"

#include <gatehouse/account.h>
#include <gatehouse/text.h>
#include <gatehouse/token_change.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The row under the cursor; NULL. */
static struct listed_token *tokens_current(const struct tokens *tokens)
{
    return list_current(&tokens->table.list);
}

/* The line below the list says what the row under the cursor has no room for. */
static void tokens_draw(struct screen *screen, const struct canvas *canvas)
{
    struct tokens *tokens = (struct tokens *)screen;
    struct table *table = &tokens->table;
    struct canvas body = frame_draw_bottom(screen, canvas);
    char facet[64];
    snprintf(facet, sizeof facet, "%s%s", table->facet ? " · " : "",
             table->facet ? token_facets[table->facet].label : "");
    int first = table_draw_top(table, canvas, facet);
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, canvas->columns);
    table_draw_rows(table, &rows);
    const struct listed_token *here = tokens_current(tokens);
    bool quiet = !screen->app->message[0] && !screen->failed_since && canvas->rows >= 12;
    if (here && quiet)
        draw_cell(canvas, canvas->rows - 2, 1, canvas->columns - 2, ROLE_MUTED, here->detail);
}

static int account_chosen(struct app *app, void *arg, int64_t account)
{
    (void)arg;
    return token_form_open(app, account);
}

static int generate(struct screen *screen)
{
    struct app *app = screen->app;
    enum error e = chooser_open(app, &(struct chooser){.title = "New token of…",
                                                       .find = choose_accounts,
                                                       .behind = true,
                                                       .chosen = account_chosen});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static int begin_rename(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    const struct token_row *token = screen_row(screen);
    tokens->renaming = true;
    tokens->renamed = token->number;
    field_set(&tokens->rename, token->name);
    return EFFECT_DRAW;
}

static int tokens_rename_key(struct tokens *tokens, int key)
{
    struct app *app = tokens->table.app;
    if (key == UI_ESC) {
        tokens->renaming = false;
        return EFFECT_DRAW;
    }
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(app->input, &size);
        field_paste(&tokens->rename, paste, size);
        return EFFECT_DRAW;
    }
    if (key != UI_ENTER)
        return field_key(&tokens->rename, key) == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
    struct act act = app_act(app);
    struct token_row before;
    bool changed;
    enum error e = token_get(app->store, act.now, tokens->renamed, &before);
    if (!e) e = token_rename(&act, tokens->renamed, tokens->rename.text, &changed);
    if (e) return app_say_error(app);
    if (changed) undo_push_rename(app, tokens->renamed, before.name, tokens->rename.text);
    tokens->renaming = false;
    return EFFECT_LOAD;
}

static int open_menu(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    char label[TOKEN_LABEL_SIZE];
    token_label(screen_row(screen), label);
    menu_open(tokens->table.app, label, tokens->table.menu_row, tokens->table.menu_column,
              token_menu);
    return EFFECT_DRAW;
}

static int open_account(struct screen *screen)
{
    const struct token_row *token = screen_row(screen);
    account_form_open(screen->app, token->account);
    return EFFECT_DRAW;
}

static const void *row(const struct screen *screen, const char **why_not)
{
    const struct listed_token *here = table_row(screen, why_not);
    return here ? &here->item.token : NULL;
}

static const struct screen_command tokens_commands[] = {
    {COMMAND_TOKEN_GENERATE, .run = generate},
    {COMMAND_TOKEN_FACETS, .run = tokens_pick_facet},
    {COMMAND_SEARCH_SAVE, .run = tokens_save_search},
    {COMMAND_SEARCH_DELETE, .run = tokens_delete_search},
    {COMMAND_TOKEN_OPEN, .run = open_account, .needs_row = true},
    {COMMAND_TOKEN_RENAME, .run = begin_rename, .why_not = token_why_not, .needs_row = true},
    {COMMAND_MENU, .run = open_menu, .needs_row = true},
    {COMMAND_TOKEN_SUSPEND, .run = tokens_suspend_marked, .when = table_has_marks},
    {COMMAND_TOKEN_REVOKE, .run = tokens_revoke_marked, .when = table_has_marks},
    {COMMAND_TOKEN_EXPIRY, .run = tokens_expire_marked, .when = table_has_marks},
    {.command = COMMAND_NONE},
};

static enum error load(struct screen *screen)
{
    return table_load(&((struct tokens *)screen)->table, screen->app->rows);
}

static struct contexts focus(const struct screen *screen)
{
    const struct tokens *tokens = (const struct tokens *)screen;
    return tokens->renaming ? (struct contexts){{CONTEXT_TEXT}} : table_focus(screen);
}

static int key(struct screen *screen, int pressed)
{
    struct tokens *tokens = (struct tokens *)screen;
    return tokens->renaming ? tokens_rename_key(tokens, pressed)
                            : table_key(&tokens->table, pressed);
}

static int64_t due(const struct screen *screen)
{
    return table_is_due(&((const struct tokens *)screen)->table) ? 0 : INT64_MAX;
}

static int tick(struct screen *screen)
{
    return table_tick(&((struct tokens *)screen)->table);
}

static void close_tokens(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    table_free(&tokens->table);
    field_free(&tokens->rename);
    free(tokens);
}

static const enum command footer[] = {
    COMMAND_FILTER,        COMMAND_TOKEN_FACETS,   COMMAND_MARK, COMMAND_TOKEN_OPEN,
    COMMAND_TOKEN_SUSPEND, COMMAND_TOKEN_COPY,     COMMAND_MENU, COMMAND_FILTER_KEEP,
    COMMAND_FILTER_CLEAR,  COMMAND_TOKEN_GENERATE, COMMAND_SORT, COMMAND_HELP,
    COMMAND_NONE};

static const struct screen_class tokens_class = {
    .title = "API Tokens",
    .tab = COMMAND_TAB_TOKENS,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_TOKEN_LIST, CONTEXT_TOKENS, CONTEXT_LIST, CONTEXT_TABLE}},
    .focus = focus,
    .load = load,
    .draw = tokens_draw,
    .key = key,
    .commands = {tokens_commands, token_commands, table_commands},
    .row = row,
    .move = table_move,
    .wait = table_wait,
    .due = due,
    .tick = tick,
    .close = close_tokens,
};

enum error tokens_open(struct app *app)
{
    struct tokens *tokens = calloc(1, sizeof *tokens);
    if (!tokens) return fail(ERR_SYSTEM, "out of memory");
    tokens->screen = (struct screen){.class = &tokens_class, .app = app};
    enum error e = table_init(&tokens->table, app, &tokens->screen, &tokens_source);
    if (!e) e = field_init(&tokens->rename, TOKEN_NAME_MAX, false);
    if (e) {
        close_tokens(&tokens->screen);
        return e;
    }
    screen_push(&tokens->screen);
    return OK;
}
