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
    struct app *app = screen->app;
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
    bool quiet = !app->message[0] && !screen->failed_since && canvas->rows >= 12;
    if (here && quiet)
        draw_cell(canvas, canvas->rows - 2, 1, canvas->columns - 2, ROLE_MUTED, here->detail);
}

static int account_chosen(struct app *app, void *arg, int64_t account)
{
    (void)arg;
    return token_form_open(app, account);
}

static int generate(struct tokens *tokens)
{
    struct app *app = tokens->table.app;
    enum error e = chooser_open(app, &(struct chooser){.title = "New token of…",
                                                       .find = choose_accounts,
                                                       .behind = true,
                                                       .chosen = account_chosen});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static int begin_rename(struct tokens *tokens, const struct token_row *token)
{
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

static int open_menu(struct tokens *tokens, const struct token_row *token)
{
    char label[TOKEN_LABEL_SIZE];
    token_label(token, label);
    menu_open(tokens->table.app, label, tokens->table.menu_row, tokens->table.menu_column,
              token_menu);
    return EFFECT_DRAW;
}

static int run_on_row(struct tokens *tokens, enum command command)
{
    const struct listed_token *here = tokens_current(tokens);
    if (!here) return EFFECT_PASS;
    const struct token_row *token = &here->item.token;
    switch (command) {
    case COMMAND_TOKEN_OPEN:
        account_form_open(tokens->table.app, token->account);
        return EFFECT_DRAW;
    case COMMAND_TOKEN_RENAME:
        return begin_rename(tokens, token);
    case COMMAND_MENU:
        return open_menu(tokens, token);
    default:
        return token_run(tokens->table.app, token, command);
    }
}

static int run_on_marks(struct tokens *tokens, enum command command)
{
    if (marks_is_empty(&tokens->table.marks)) return EFFECT_PASS;
    switch (command) {
    case COMMAND_TOKEN_SUSPEND:
        return tokens_suspend_marked(tokens);
    case COMMAND_TOKEN_REVOKE:
        return tokens_revoke_marked(tokens);
    case COMMAND_TOKEN_EXPIRY:
        return tokens_expire_marked(tokens);
    default:
        return EFFECT_PASS;
    }
}

static int run_on_list(struct tokens *tokens, enum command command)
{
    switch (command) {
    case COMMAND_TOKEN_GENERATE:
        return generate(tokens);
    case COMMAND_TOKEN_FACETS:
        return tokens_pick_facet(tokens);
    case COMMAND_SEARCH_SAVE:
        return tokens_save_search(tokens);
    case COMMAND_SEARCH_DELETE:
        return tokens_delete_search(tokens);
    default:
        return EFFECT_PASS;
    }
}

/* tokens_run.c */
static int tokens_run(struct screen *screen, enum command command)
{
    struct tokens *tokens = (struct tokens *)screen;
    int effects = table_run(&tokens->table, command);
    if (effects & EFFECT_PASS) effects = run_on_list(tokens, command);
    if (effects & EFFECT_PASS) effects = run_on_marks(tokens, command);
    return effects & EFFECT_PASS ? run_on_row(tokens, command) : effects;
}

static enum error load(struct screen *screen)
{
    struct app *app = screen->app;
    return table_load(&((struct tokens *)screen)->table, app->rows);
}

static struct contexts focus(const struct screen *screen)
{
    const struct tokens *tokens = (const struct tokens *)screen;
    return tokens->renaming ? (struct contexts){{CONTEXT_NONE}} : table_focus(screen);
}

static int key(struct screen *screen, int pressed)
{
    struct tokens *tokens = (struct tokens *)screen;
    return tokens->renaming ? tokens_rename_key(tokens, pressed)
                            : table_key(&tokens->table, pressed);
}

static bool is_of_row(enum command command)
{
    return command == COMMAND_TOKEN_OPEN || command == COMMAND_MENU ||
           (command >= COMMAND_TOKEN_COPY && command <= COMMAND_TOKEN_REVOKE);
}

static const char *why_not(const struct screen *screen, enum command command)
{
    const struct tokens *tokens = (const struct tokens *)screen;
    const struct listed_token *here = tokens_current(tokens);
    bool of_marks = command == COMMAND_TOKEN_SUSPEND || command == COMMAND_TOKEN_REVOKE ||
                    command == COMMAND_TOKEN_EXPIRY;
    if (!is_of_row(command) || (of_marks && !marks_is_empty(&tokens->table.marks))) return NULL;
    if (!here) return "there is no token";
    if (tokens->table.list.gone) return "this token is gone: its account was deleted elsewhere";
    return token_why_not(&here->item.token, command);
}

static const char *label(const struct screen *screen, enum command command)
{
    const struct tokens *tokens = (const struct tokens *)screen;
    const struct listed_token *here = tokens_current(tokens);
    if (!here || !marks_is_empty(&tokens->table.marks)) return NULL;
    return token_command_label(&here->item.token, command);
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
    .run = tokens_run,
    .why_not = why_not,
    .label = label,
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
