/* Facets, and searches that are kept. */
#include "ui/kit/chooser.h"
#include "ui/kit/dialog.h"
#include "ui/screens/facets.h"
#include "ui/screens/tokens.h"
#include "ui/screens/tokens_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int facet_picked(struct app *app, void *arg, enum token_facet facet)
{
    (void)app;
    struct tokens *tokens = arg;
    tokens->table.facet = (int)facet;
    return table_reopen(&tokens->table, TABLE_TOP);
}

int tokens_pick_facet(struct tokens *tokens)
{
    facets_open(tokens->table.app, tokens->table.filter.text, (enum token_facet)tokens->table.facet,
                facet_picked, tokens);
    return EFFECT_DRAW;
}

static enum error name_given(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused;
    const struct tokens *tokens = arg;
    struct search search = {.facet = (enum token_facet)tokens->table.facet,
                            .sort = (enum token_sort)tokens->table.sort,
                            .descending = tokens->table.descending};
    struct act act = app_act(app);
    snprintf(search.name, sizeof search.name, "%s", text);
    snprintf(search.filter, sizeof search.filter, "%s", tokens->table.filter.text);
    enum error e = search_save(&act, &search);
    if (!e) app_say(app, ROLE_GOOD, "✓ Kept: the palette lists it as “search %s”", text);
    return e;
}

int tokens_save_search(struct tokens *tokens)
{
    struct app *app = tokens->table.app;
    enum error e = prompt_open(
        app, &(struct prompt){.title = "Keep this search",
                              .label = "Name",
                              .note = "Filter, facet and order, for all admins of this database.",
                              .max = SEARCH_NAME_MAX,
                              .done = name_given,
                              .arg = tokens});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

/* Searches have no number: their place in the list stands for them while the question is open. */
static enum error find_searches(struct store *store, const void *arg, const char *text,
                                struct choice *out, size_t max, size_t *count)
{
    (void)arg;
    struct searches *all;
    *count = 0;
    enum error e = search_list(store, &all);
    if (e) return e;
    for (size_t i = 0; i < all->count && *count < max; i++) {
        if (!strcasestr(all->items[i].name, text)) continue;
        struct choice *choice = &out[(*count)++];
        *choice = (struct choice){.id = (int64_t)i + 1};
        snprintf(choice->label, sizeof choice->label, "%s", all->items[i].name);
        snprintf(choice->detail, sizeof choice->detail, "%s, %s",
                 token_facets[all->items[i].facet].label,
                 *all->items[i].filter ? all->items[i].filter : "no filter");
    }
    free(all);
    return OK;
}

static int search_chosen(struct app *app, void *arg, int64_t id)
{
    (void)arg;
    struct searches *all;
    struct act act = app_act(app);
    enum error e = search_list(app->store, &all);
    if (e) return app_say_error(app);
    size_t place = (size_t)id - 1;
    if (place < all->count) e = search_delete(&act, all->items[place].name);
    if (e)
        app_say_error(app);
    else if (place < all->count)
        app_say(app, ROLE_GOOD, "✓ Deleted the search %s", all->items[place].name);
    free(all);
    return EFFECT_DRAW;
}

int tokens_delete_search(struct tokens *tokens)
{
    struct app *app = tokens->table.app;
    enum error e = chooser_open(app, &(struct chooser){.title = "Delete the search…",
                                                       .find = find_searches,
                                                       .chosen = search_chosen,
                                                       .arg = tokens});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

int tokens_apply(struct app *app, const struct search *search)
{
    if (app->top->class->tab != COMMAND_TAB_TOKENS) return EFFECT_DRAW;
    struct tokens *tokens = (struct tokens *)app->top;
    tokens->table.facet = (int)search->facet;
    tokens->table.sort = (int)search->sort;
    tokens->table.descending = search->descending;
    tokens->table.filtering = false;
    field_set(&tokens->table.filter, search->filter);
    return table_reopen(&tokens->table, TABLE_TOP);
}
