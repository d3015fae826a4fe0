#include "ui/screens/tokens.h"

#include "ui/screens/tokens_screen.h"

#include <stdlib.h>

struct listed_token *tokens_current(const struct tokens *tokens)
{
    return list_current(&tokens->table.list);
}

static enum error load(struct app *app, struct screen *screen)
{
    return table_load(&((struct tokens *)screen)->table, app->rows);
}

static unsigned contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    const struct tokens *tokens = (const struct tokens *)screen;
    if (tokens->renaming) return CONTEXT_TEXT;
    return table_contexts(&tokens->table, CONTEXT_TOKENS | CONTEXT_TOKEN_LIST);
}

static int key(struct app *app, struct screen *screen, int pressed)
{
    (void)app;
    struct tokens *tokens = (struct tokens *)screen;
    return tokens->renaming ? tokens_rename_key(tokens, pressed)
                            : table_key(&tokens->table, pressed);
}

static bool is_of_row(enum command command)
{
    return command == COMMAND_TOKEN_OPEN || command == COMMAND_MENU ||
           (command >= COMMAND_TOKEN_COPY && command <= COMMAND_TOKEN_REVOKE);
}

static const char *why_not(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app;
    const struct tokens *tokens = (const struct tokens *)screen;
    const struct listed_token *here = tokens_current(tokens);
    bool of_marks = command == COMMAND_TOKEN_SUSPEND || command == COMMAND_TOKEN_REVOKE ||
                    command == COMMAND_TOKEN_EXPIRY;
    if (!is_of_row(command) || (of_marks && !marks_is_empty(&tokens->table.marks))) return NULL;
    if (!here) return "there is no token";
    if (tokens->table.list.gone) return "this token is gone: its account was deleted elsewhere";
    return token_why_not(&here->item.token, command);
}

static const char *label(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app;
    const struct tokens *tokens = (const struct tokens *)screen;
    const struct listed_token *here = tokens_current(tokens);
    if (!here || !marks_is_empty(&tokens->table.marks)) return NULL;
    return token_command_label(&here->item.token, command);
}

static int64_t due(const struct app *app, const struct screen *screen)
{
    (void)app;
    return table_is_due(&((const struct tokens *)screen)->table) ? 0 : INT64_MAX;
}

static int tick(struct app *app, struct screen *screen, int64_t ticks)
{
    (void)app, (void)ticks;
    return table_tick(&((struct tokens *)screen)->table);
}

static void close_tokens(struct app *app, struct screen *screen)
{
    (void)app;
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
    .contexts = contexts,
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
    tokens->screen.class = &tokens_class;
    enum error e = table_init(&tokens->table, app, &tokens->screen, &tokens_source);
    if (!e) e = field_init(&tokens->rename, TOKEN_NAME_MAX, false);
    if (e) {
        close_tokens(app, &tokens->screen);
        return e;
    }
    screen_push(app, &tokens->screen);
    return OK;
}
