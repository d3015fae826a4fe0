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

enum { STATE_WIDTH = 12, EXPIRES_WIDTH = 10, USED_WIDTH = 13, DATE_WIDTH = 11, FROM_WIDTH = 18 };
enum { MASKED_WIDTH = 9, FOUR_WIDTH = 6, WIDE = 96 };

/* Where the columns stand; -1: no room for it. */
struct columns {
    int bar, mark, account, account_width, name, name_width, token, token_width, menu;
    int state, state_width;
    int created, expires, used, from;
};

static void place_wide(struct columns *at, int width)
{
    bool created = width >= WIDE, from = width >= 120;
    int right = width;
    if (from) at->from = right -= FROM_WIDTH;
    at->used = right -= USED_WIDTH;
    at->expires = right -= EXPIRES_WIDTH;
    if (created) at->created = right -= DATE_WIDTH;
    at->state = right -= STATE_WIDTH;
    at->menu = right -= 2;
    at->token_width = width >= WIDE ? MASKED_WIDTH : FOUR_WIDTH;
    if (width >= 78) at->token = right -= at->token_width + 1;
    at->bar = 1, at->mark = 3, at->account = 5;
    int room = right - at->account - 2;
    at->account_width = room * 14 / 25;
    at->name = at->account + at->account_width + 1;
    at->name_width = room - at->account_width;
}

/* Drops token, menu, times, then the word of the state. */
static void place_narrow(struct columns *at, int width)
{
    int right = width;
    if (width >= 56) at->expires = right -= EXPIRES_WIDTH;
    at->state_width = width >= 34 ? STATE_WIDTH : 2;
    at->state = right -= at->state_width;
    at->bar = 0, at->mark = 2, at->account = 3;
    int room = right - at->account - 2;
    at->account_width = room * 14 / 25;
    at->name = at->account + at->account_width + 1;
    at->name_width = room - at->account_width;
}

static struct columns place(int width)
{
    struct columns at = {.state_width = STATE_WIDTH};
    at.token = at.menu = at.created = at.expires = at.used = at.from = -1;
    if (width >= 70)
        place_wide(&at, width);
    else
        place_narrow(&at, width);
    return at;
}

static void draw_heads(const struct table *table, const struct canvas *canvas,
                       const struct columns *at)
{
    table_draw_head(table, canvas, 0, at->account, at->account_width, "ACCOUNT ID",
                    TOKENS_BY_ACCOUNT);
    table_draw_head(table, canvas, 0, at->name, at->name_width, "NAME", TOKENS_BY_NAME);
    table_draw_head(table, canvas, 0, at->token, at->token_width, "TOKEN", TOKENS_BY_TOKEN);
    table_draw_head(table, canvas, 0, at->state_width > 2 ? at->state : -1, STATE_WIDTH, "STATE",
                    TOKENS_BY_STATE);
    table_draw_head(table, canvas, 0, at->created, DATE_WIDTH, "CREATED", TOKENS_BY_CREATED);
    table_draw_head(table, canvas, 0, at->expires, EXPIRES_WIDTH, "EXPIRES", TOKENS_BY_EXPIRES);
    table_draw_head(table, canvas, 0, at->used, USED_WIDTH, "LAST USED", TOKENS_BY_LAST_USED);
    table_draw_head(table, canvas, 0, at->from, FROM_WIDTH, "FROM", -1);
}

static void draw_times(const struct tokens *tokens, const struct canvas *canvas, int row,
                       const struct columns *at, const struct token_row *token)
{
    char created[WHEN_SIZE], expires[WHEN_SIZE], used[WHEN_SIZE], marked[WHEN_SIZE + 4];
    when_date(created, token->created);
    when_relative(expires, token->expires, tokens->table.now);
    when_relative(used, token->last_used, tokens->table.now);
    bool soon = token_ends_soon(token, tokens->table.now);
    snprintf(marked, sizeof marked, "%s%s", expires, soon ? " !" : "");
    if (at->created >= 0) draw_cell(canvas, row, at->created, DATE_WIDTH - 1, ROLE_MUTED, created);
    if (at->expires >= 0)
        draw_cell(canvas, row, at->expires, EXPIRES_WIDTH - 1, soon ? ROLE_WARN : ROLE_MUTED,
                  marked);
    if (at->used >= 0)
        draw_cell(canvas, row, at->used, USED_WIDTH - 1, ROLE_MUTED,
                  token->last_used == WHEN_NEVER ? "not used yet" : used);
    if (at->from >= 0)
        draw_cell(canvas, row, at->from, FROM_WIDTH - 1, ROLE_MUTED, token->last_from);
}

static void underline(const struct tokens *tokens, const struct canvas *canvas, int row, int column,
                      int width, const char *text)
{
    const char *filter = tokens->table.filter.text;
    while (*filter) {
        filter += strspn(filter, " \t");
        size_t size = strcspn(filter, " \t");
        char word[FILTER_SIZE];
        snprintf(word, sizeof word, "%.*s", (int)size, filter);
        filter += size;
        const char *bare = strncasecmp(word, "sa::", 4) == 0 ? word + 4 : word;
        const char *found = *bare ? strcasestr(text, bare) : NULL;
        if (found)
            table_underline(canvas, row, column, width, text, (size_t)(found - text), strlen(bare));
    }
}

static void draw_name(struct tokens *tokens, const struct canvas *canvas, int row,
                      const struct columns *at, const struct token_row *token)
{
    char unnamed[32];
    if (tokens->renaming && token->number == tokens->renamed) {
        field_draw(&tokens->rename, canvas, row, at->name, at->name_width, 1, true);
        return;
    }
    snprintf(unnamed, sizeof unnamed, "#%" PRId64, token->number);
    draw_cell(canvas, row, at->name, at->name_width, token->name[0] ? ROLE_TEXT : ROLE_MUTED,
              token->name[0] ? token->name : unnamed);
    underline(tokens, canvas, row, at->name, at->name_width, token->name);
}

/* Blanks have the colour of what stands around them: each change of it costs bytes in every row. */
static void draw_gaps(const struct canvas *canvas, int row, const struct columns *at)
{
    int first = at->token >= 0 ? at->token : at->menu >= 0 ? at->menu : at->state;
    draw_cell(canvas, row, first, canvas->columns - first - 1, ROLE_MUTED, "");
}

static void draw_row(struct tokens *tokens, const struct canvas *canvas, const struct columns *at,
                     size_t index)
{
    int row = (int)index + 1;
    const struct listed_token *listed = list_row(&tokens->table.list, index);
    const struct token_row *token = &listed->item.token;
    char id[ACCOUNT_ID_SIZE], masked[16];
    table_place_row(&tokens->table, canvas, index, at->bar, at->menu >= 0 ? at->menu : at->account);
    if (table_is_marked(&tokens->table, listed))
        draw_glyph(canvas, row, at->mark, ROLE_MARKED, GLYPH_MARK);
    account_id_text(id, listed->item.account_name);
    draw_cell_middle(canvas, row, at->account, at->account_width,
                     listed->item.account_active ? ROLE_TEXT : ROLE_MUTED, id);
    underline(tokens, canvas, row, at->account, at->account_width, id);
    draw_name(tokens, canvas, row, at, token);
    snprintf(masked, sizeof masked, "%s%s%s", at->token_width == MASKED_WIDTH ? "gth_" : "",
             text_glyph(GLYPH_ELLIPSIS), token->last_four);
    draw_gaps(canvas, row, at);
    if (at->token >= 0) draw_cell(canvas, row, at->token, at->token_width, ROLE_MUTED, masked);
    if (at->menu >= 0 && (token->narrowed || token->networks))
        draw_glyph(canvas, row, at->menu - 1, ROLE_MUTED, GLYPH_LIMITED);
    if (at->menu >= 0) draw_glyph(canvas, row, at->menu, ROLE_MUTED, GLYPH_MENU);
    token_draw_state(canvas, row, at->state, at->state_width, token);
    draw_times(tokens, canvas, row, at, token);
}

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
    struct columns at = place(canvas->columns);
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, canvas->columns);
    draw_heads(table, &rows, &at);
    for (size_t i = 0; i < table->list.count && (int)i + 1 < rows.rows; i++)
        draw_row(tokens, &rows, &at, i);
    table_draw_bar(table, &rows);
    if (!table->list.count) table_draw_empty(table, &rows, 2);
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
    return tokens->renaming ? (struct contexts){{CONTEXT_NONE}} : table_focus(screen);
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
    .commands = {tokens_commands, token_act_commands, table_commands},
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
