/* The tab of all tokens: its commands on one token and on the marked ones, facets, saved searches.
 */
#include "ui/screens/tokens.h"

#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"
#include "ui/kit/menu.h"
#include "ui/screens/account_form.h"
#include "ui/screens/bulk_ask.h"
#include "ui/screens/facets.h"
#include "ui/screens/token_form.h"
#include "ui/screens/tokens_screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/ascii.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tokens_suspend_marked(struct screen *screen)
{
    struct bulk_ask *ask = bulk_ask_marked(&((struct tokens *)screen)->base.table, true);
    if (!ask) return EFFECT_DRAW;
    char text[500], hit[200], again[100] = "", tokens[TEXT_COUNT_SIZE];
    const struct bulk_impact *impact = &ask->impact;
    bulk_ask_hit_text(ask, impact->working, "stops working now when suspended",
                      "stop working now when suspended", hit, sizeof hit);
    if (impact->waiting)
        snprintf(again, sizeof again, "%s work%s again when resumed.",
                 text_count(tokens, impact->waiting, "token"), impact->waiting == 1 ? "s" : "");
    bool both = impact->working && impact->waiting;
    snprintf(text, sizeof text, "%s marked: %s live, %s suspended. %s%s%s",
             text_count(tokens, (int64_t)impact->accounts, "token"),
             number_text((int64_t)impact->live).text, number_text((int64_t)impact->suspended).text,
             impact->working || !impact->waiting ? hit : "", both ? " " : "", again);
    const struct bulk_way ways[2] = {{BULK_TOKEN_SUSPEND, "Suspend", impact->live},
                                     {BULK_TOKEN_RESUME, "Resume", impact->suspended}};
    return bulk_ask_which_way(ask, "Marked tokens", text, ways);
}

static int tokens_revoke_marked(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    struct bulk_ask *ask = bulk_ask_marked(&tokens->base.table, true);
    if (!ask) return EFFECT_DRAW;
    char text[512], hit[200], typed[32], asked[64];
    size_t count = ask->impact.accounts;
    bulk_ask_hit_text(ask, ask->impact.working, "stops working now", "stop working now", hit,
                      sizeof hit);
    snprintf(typed, sizeof typed, "%zu", count);
    snprintf(text, sizeof text, "Revoking %s marked token%s cannot be undone. %s",
             number_text((int64_t)count).text, count == 1 ? "" : "s", hit);
    bulk_ask_add_knocking(ask, text, sizeof text);
    snprintf(asked, sizeof asked, "Type %s to revoke:", typed);
    ask->bulk.kind = BULK_TOKEN_REVOKE;
    confirm_open(tokens->base.table.app, &(struct confirm){.title = "Revoke the marked tokens",
                                                           .destroys = true,
                                                           .text = text,
                                                           .choices = {{"Revoke", 0}},
                                                           .ask = asked,
                                                           .typed = typed,
                                                           .done = bulk_ask_confirmed,
                                                           .arg = ask});
    return EFFECT_DRAW;
}

static enum error expiry_typed(struct app *app, void *arg, const char *typed, struct secret *unused)
{
    (void)unused;
    struct bulk_ask *ask = arg;
    char text[400], hit[200], date[WHEN_SIZE], tokens[TEXT_COUNT_SIZE];
    size_t count = ask->impact.accounts;
    enum error e = when_parse_expiry(typed, app_act(app).now, &ask->bulk.expires);
    if (e) return e;
    bool never = ask->bulk.expires == WHEN_NEVER;
    when_end(date, ask->bulk.expires);
    bulk_ask_hit_text(ask, ask->impact.working, "works now", "work now", hit, sizeof hit);
    snprintf(text, sizeof text, "%s will %s%s, whatever their expiry is now. %s",
             text_count(tokens, (int64_t)count, "token"), never ? "never expire" : "expire ",
             never ? "" : date, hit);
    ask->bulk.kind = BULK_TOKEN_EXPIRE;
    confirm_open(app, &(struct confirm){.title = "Set the expiry of the marked tokens",
                                        .text = text,
                                        .choices = {{"Set", 'Y'}},
                                        .done = bulk_ask_confirmed,
                                        .arg = ask});
    return OK;
}

static void cancelled(void *arg)
{
    bulk_ask_free(arg);
}

static int tokens_expire_marked(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    enum { TIME_MAX = 32 };
    struct bulk_ask *ask = bulk_ask_marked(&tokens->base.table, true);
    if (!ask) return EFFECT_DRAW;
    char title[96];
    char count[TEXT_COUNT_SIZE];
    snprintf(title, sizeof title, "Expiry of %s",
             text_count(count, (int64_t)ask->impact.accounts, "token"));
    enum error e = prompt_open(
        tokens->base.table.app,
        &(struct prompt){
            .title = title,
            .label = "Expires",
            .note = "never, 7d, 30d, 90d, 365d, or a day: 2027-01-31. Those that have expired, or "
                    "are being replaced and would expire sooner, stay as they are.",
            .initial = "90d",
            .max = TIME_MAX,
            .done = expiry_typed,
            .cancelled = cancelled,
            .arg = ask});
    if (!e) return EFFECT_DRAW;
    bulk_ask_free(ask);
    return app_say_error(tokens->base.table.app);
}

static int facet_picked(struct app *app, void *arg, enum token_facet facet)
{
    (void)app;
    struct tokens *tokens = arg;
    tokens->base.table.facet = (int)facet;
    return table_reopen(&tokens->base.table, TABLE_TOP);
}

static int tokens_pick_facet(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    facets_open(tokens->base.table.app, tokens->base.table.filter.text,
                (enum token_facet)tokens->base.table.facet, facet_picked, tokens);
    return EFFECT_DRAW;
}

static enum error name_given(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused;
    const struct tokens *tokens = arg;
    struct search search = {.facet = (enum token_facet)tokens->base.table.facet,
                            .sort = (enum token_sort)tokens->base.table.sort,
                            .descending = tokens->base.table.descending};
    struct act act = app_act(app);
    snprintf(search.name, sizeof search.name, "%s", text);
    snprintf(search.filter, sizeof search.filter, "%s", tokens->base.table.filter.text);
    enum error e = search_save(&act, &search);
    if (!e) app_say(app, ROLE_GOOD, "✓ Saved: the palette lists it as “search %s”", text);
    return e;
}

static int tokens_save_search(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    struct app *app = tokens->base.table.app;
    enum error e = prompt_open(
        app, &(struct prompt){.title = "Save this search",
                              .label = "Name",
                              .note = "Filter, facet and order, for all admins of this database.",
                              .max = SEARCH_NAME_MAX,
                              .done = name_given,
                              .arg = tokens});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

/* Searches have no number: `arg` is the list of when the question was asked, and what identifies
 * one is its place in that. */
static enum error find_searches(struct store *store, const void *arg, const char *text,
                                struct choice *out, size_t max, size_t *count)
{
    const struct searches *all = arg;
    (void)store;
    *count = 0;
    for (size_t i = 0; i < all->count && *count < max; i++) {
        if (!ascii_casestr(all->items[i].name, text)) continue;
        struct choice *choice = &out[(*count)++];
        *choice = (struct choice){.id = (int64_t)i + 1};
        snprintf(choice->label, sizeof choice->label, "%s", all->items[i].name);
        snprintf(choice->detail, sizeof choice->detail, "%s, %s",
                 token_facets[all->items[i].facet].label,
                 *all->items[i].filter ? all->items[i].filter : "no filter");
    }
    return OK;
}

static int search_chosen(struct app *app, void *arg, int64_t id)
{
    struct searches *all = arg;
    const char *name = all->items[id - 1].name;
    struct act act = app_act(app);
    if (search_delete(&act, name))
        app_say_error(app);
    else
        app_say(app, ROLE_GOOD, "✓ Deleted the search %s", name);
    free(all);
    return EFFECT_DRAW;
}

static int tokens_delete_search(struct screen *screen)
{
    struct app *app = screen->app;
    struct searches *all;
    enum error e = search_list(app->store, &all);
    if (e) return app_say_error(app);
    e = chooser_open(app, &(struct chooser){.title = "Delete the search…",
                                            .find = find_searches,
                                            .chosen = search_chosen,
                                            .cancelled = free,
                                            .arg = all});
    if (!e) return EFFECT_DRAW;
    free(all);
    return app_say_error(app);
}

int tokens_apply(struct app *app, const struct search *search)
{
    if (app->top->class->tab != COMMAND_TAB_TOKENS) return EFFECT_DRAW;
    struct tokens *tokens = (struct tokens *)app->top;
    tokens->base.table.facet = (int)search->facet;
    tokens->base.table.sort = (int)search->sort;
    tokens->base.table.descending = search->descending;
    tokens->base.table.filtering = false;
    field_set(&tokens->base.table.filter, search->filter);
    return table_reopen(&tokens->base.table, TABLE_TOP);
}

static void show_created(void *arg, int64_t token)
{
    table_show(&((struct tokens *)arg)->base.table, token);
}

static int account_chosen(struct app *app, void *arg, int64_t account)
{
    return token_form_open(app, account, show_created, arg);
}

static int generate(struct screen *screen)
{
    struct app *app = screen->app;
    enum error e = chooser_open(app, &(struct chooser){.title = "New token of…",
                                                       .find = choose_accounts,
                                                       .in_background = true,
                                                       .chosen = account_chosen,
                                                       .arg = screen});
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
    enum field_effect effect = field_press(&tokens->rename, tokens->base.table.app->input, key);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static bool is_renaming(const struct screen *screen)
{
    return ((const struct tokens *)screen)->renaming;
}

static int leave_rename(struct screen *screen)
{
    ((struct tokens *)screen)->renaming = false;
    return EFFECT_DRAW;
}

static int commit_rename(struct screen *screen)
{
    struct tokens *tokens = (struct tokens *)screen;
    if (!token_commit_name(screen->app, tokens->renamed, tokens->rename.text)) return EFFECT_DRAW;
    tokens->renaming = false;
    return EFFECT_LOAD;
}

static int open_menu(struct screen *screen)
{
    static const enum command marked[] = {COMMAND_TOKEN_SUSPEND, COMMAND_TOKEN_EXPIRY,
                                          COMMAND_TOKEN_REVOKE, COMMAND_NONE};
    struct tokens *tokens = (struct tokens *)screen;
    char title[TOKEN_LABEL_SIZE];
    bool many = table_has_marks(screen);
    if (many)
        table_marked_title(&tokens->base.table, title, sizeof title);
    else
        token_label(screen_row(screen), title);
    menu_open(tokens->base.table.app, title, table_menu_row(&tokens->base.table),
              tokens->base.table.menu_column, many ? marked : token_menu);
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
    {COMMAND_ACCEPT, .run = commit_rename, .when = is_renaming, .hint = "rename"},
    {COMMAND_ESCAPE, .run = leave_rename, .when = is_renaming, .hint = "cancel"},
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
    if (tokens->renaming) return (struct contexts){{CONTEXT_TEXT}};
    return table_focus(screen);
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
    COMMAND_ACCEPT,      COMMAND_FILTER,        COMMAND_TOKEN_FACETS,   COMMAND_MARK,
    COMMAND_TOKEN_OPEN,  COMMAND_TOKEN_SUSPEND, COMMAND_TOKEN_COPY,     COMMAND_MENU,
    COMMAND_FILTER_KEEP, COMMAND_ESCAPE,        COMMAND_TOKEN_GENERATE, COMMAND_SORT,
    COMMAND_NONE};

static const enum command marked_footer[] = {
    COMMAND_TOKEN_SUSPEND, COMMAND_TOKEN_EXPIRY, COMMAND_TOKEN_REVOKE, COMMAND_ESCAPE,
    COMMAND_MARK,          COMMAND_MENU,         COMMAND_NONE};

static const enum command *hints(const struct screen *screen)
{
    bool typing = is_renaming(screen) || table_is_filtering(screen);
    return table_has_marks(screen) && !typing ? marked_footer : footer;
}

static const struct screen_class tokens_class = {
    .title = "API Tokens",
    .tab = COMMAND_TAB_TOKENS,
    .keeps_typed_ahead = true,
    .hints = hints,
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
