/* The tab of all tokens: its commands, and renaming in place. */
#include "ui/screens/tokens.h"

#include "ui/kit/chooser.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/token_form.h"
#include "ui/screens/tokens_screen.h"
#include "ui/terminal/input.h"
#include "ui/undo.h"

#include <gatehouse/account.h>
#include <gatehouse/token_change.h>
#include <stdio.h>

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
                                                       .in_background = true,
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

static int rename_key(struct tokens *tokens, int key)
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

static struct contexts focus(const struct screen *screen)
{
    const struct tokens *tokens = (const struct tokens *)screen;
    return tokens->renaming ? (struct contexts){{CONTEXT_TEXT}} : table_focus(screen);
}

static int key(struct screen *screen, int pressed)
{
    struct tokens *tokens = (struct tokens *)screen;
    return tokens->renaming ? rename_key(tokens, pressed) : table_key(screen, pressed);
}

static void close_tokens(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    field_free(&tokens->rename);
    table_close(screen);
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
    .load = table_load,
    .draw = table_draw,
    .key = key,
    .commands = {tokens_commands, token_act_commands, table_commands},
    .row = row,
    .move = table_move,
    .wait = table_wait,
    .due = table_due,
    .tick = table_tick,
    .close = close_tokens,
};

enum error tokens_open(struct app *app)
{
    struct screen *screen;
    enum error e =
        table_screen_new(app, sizeof(struct tokens), &tokens_class, &tokens_source, &screen);
    if (e) return e;
    e = field_init(&((struct tokens *)screen)->rename, TOKEN_NAME_MAX, false);
    if (e)
        close_tokens(screen);
    else
        screen_push(screen);
    return e;
}
