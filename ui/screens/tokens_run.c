/* What each command does in the list of tokens. */
#include "ui/kit/chooser.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/token_form.h"
#include "ui/screens/tokens_screen.h"
#include "ui/terminal/input.h"
#include "ui/undo.h"

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

int tokens_rename_key(struct tokens *tokens, int key)
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

int tokens_run(struct app *app, struct screen *screen, enum command command)
{
    (void)app;
    struct tokens *tokens = (struct tokens *)screen;
    int effects = table_run(&tokens->table, command);
    if (effects & EFFECT_PASS) effects = run_on_list(tokens, command);
    if (effects & EFFECT_PASS) effects = run_on_marks(tokens, command);
    return effects & EFFECT_PASS ? run_on_row(tokens, command) : effects;
}
