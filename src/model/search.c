#include <gatehouse/search.h>
#include <gatehouse/stored_text.h>
#include <gatehouse/text.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>

#include "audit_internal.h"
#include "sql.h"
#include <stdlib.h>
#include <string.h>

#define SEARCH_COLUMNS "name, filter, facet, sort, descending"

static void read_search(struct stmt *stmt, void *item)
{
    struct search *search = item;
    *search = (struct search){.descending = column_int(stmt, "descending")};
    int64_t facet = column_int(stmt, "facet"), sort = column_int(stmt, "sort");
    if (facet > 0 && facet < TOKENS_FACETS) search->facet = (enum token_facet)facet;
    if (sort > 0 && sort < TOKENS_SORTS) search->sort = (enum token_sort)sort;
    column_copy(stmt, "name", search->name, sizeof search->name);
    column_copy(stmt, "filter", search->filter, sizeof search->filter);
}

enum error search_list(struct store *store, struct searches **out)
{
    return rows_collect(store_prepare(store, "SELECT " SEARCH_COLUMNS " FROM search ORDER BY name"),
                        sizeof(struct searches), sizeof(struct search), read_search, (void **)out);
}

/* There are few searches, so each is compared. */
static enum error find(struct store *store, const char *name, struct search *out, bool *found)
{
    struct searches *all = NULL;
    *found = false;
    enum error e = search_list(store, &all);
    for (size_t i = 0; !e && i < all->count && !*found; i++) {
        *found = text_is_alike(all->items[i].name, name);
        if (*found) *out = all->items[i];
    }
    free(all);
    return e;
}

enum error search_find(struct store *store, const char *name, struct search *out)
{
    bool found;
    enum error e = find(store, name, out, &found);
    return e || found ? e : fail(ERR_NOT_FOUND, "there is no search named “%s”", name);
}

static json_t *search_json(const struct search *search)
{
    return json_pack("{s:b, s:s, s:o, s:s}", "descending", search->descending, "facet",
                     token_facets[search->facet].word, "filter", event_text(search->filter), "sort",
                     token_sort_word(search->sort));
}

static enum error check(const struct search *search)
{
    if (!search->name[0] || text_length(search->name) > SEARCH_NAME_MAX ||
        !text_is_name(search->name))
        return fail(ERR_INVALID, "a search's name has 1 to %d visible characters", SEARCH_NAME_MAX);
    if (!text_is_printable(search->filter, false))
        return fail(ERR_INVALID, "the filter has characters that cannot be shown");
    enum error e = stored_text_check("the search's name", search->name);
    return e ? e : stored_text_check("the filter", search->filter);
}

static enum error erase(struct store *store, const char *name)
{
    struct stmt *stmt = store_prepare(store, "DELETE FROM search WHERE name = :name");
    bind_text(stmt, ":name", name);
    return stmt_run(stmt);
}

static enum error save(const struct act *act, const struct search *search)
{
    struct search old;
    bool found;
    enum error e = find(act->store, search->name, &old, &found);
    if (e) return e;
    if (found && !strcmp(old.name, search->name) && !strcmp(old.filter, search->filter) &&
        old.facet == search->facet && old.sort == search->sort &&
        old.descending == search->descending)
        return OK;
    if (found) e = erase(act->store, old.name);
    if (e) return e;
    struct stmt *stmt = store_prepare(
        act->store, "INSERT INTO search (name, filter, facet, sort, descending) VALUES (:name, "
                    ":filter, :facet, :sort, :descending)");
    bind_text(stmt, ":name", search->name);
    bind_text(stmt, ":filter", search->filter);
    bind_int(stmt, ":facet", search->facet);
    bind_int(stmt, ":sort", search->sort);
    bind_int(stmt, ":descending", search->descending);
    e = stmt_run(stmt);
    return e ? e
             : audit_write_json(act, "search.save", search->name, 0, 0,
                                found ? search_json(&old) : NULL, search_json(search));
}

enum error search_save(const struct act *act, const struct search *search)
{
    enum error e = check(search);
    if (!e) e = store_begin(act->store);
    return e ? e : store_end(act->store, save(act, search));
}

static enum error delete_search(const struct act *act, const char *name)
{
    struct search old;
    enum error e = search_find(act->store, name, &old);
    if (!e) e = erase(act->store, old.name);
    return e ? e : audit_write_json(act, "search.delete", old.name, 0, 0, search_json(&old), NULL);
}

enum error search_delete(const struct act *act, const char *name)
{
    enum error e = store_begin(act->store);
    return e ? e : store_end(act->store, delete_search(act, name));
}
