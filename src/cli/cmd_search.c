#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/search.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <stdio.h>
#include <stdlib.h>

static const char *name_cell(struct cell *cell)
{
    const struct search *row = cell->row;
    return row->name;
}

static const char *filter_cell(struct cell *cell)
{
    const struct search *row = cell->row;
    return row->filter;
}

static const char *facet_cell(struct cell *cell)
{
    const struct search *row = cell->row;
    return token_facets[row->facet].word;
}

static const char *sort_cell(struct cell *cell)
{
    const struct search *row = cell->row;
    return cell_print(cell, "%s%s", token_sort_word(row->sort),
                      row->descending ? ", descending" : "");
}

static const struct column columns[] = {
    {.title = "NAME", .text = name_cell, .least = 8},
    {.title = "FILTER", .text = filter_cell, .least = 8},
    {.title = "FACET", .text = facet_cell},
    {.title = "SORT", .text = sort_cell},
    {0},
};

static json_t *search_json(const struct search *search)
{
    return json_pack("{s:o, s:o, s:s, s:s, s:b}", "name", json_text(search->name), "filter",
                     json_text(search->filter), "facet", token_facets[search->facet].word, "sort",
                     token_sort_word(search->sort), "descending", search->descending);
}

static enum error print_table(const struct call *call, const struct searches *searches)
{
    struct table *table;
    enum error e = table_new(columns, call->act.now, &table);
    if (e) return e;
    for (size_t i = 0; i < searches->count && !e; i++)
        e = table_add(table, &searches->items[i]);
    table_end(table, e ? NULL : "No saved searches: gatehouse search save NAME saves one");
    return e;
}

static enum error list_exec(struct call *call)
{
    struct searches *searches;
    struct json_list list = {0};
    enum error e = search_list(call->act.store, &searches);
    if (e) return e;
    if (!call->json) e = print_table(call, searches);
    for (size_t i = 0; call->json && !e && i < searches->count; i++)
        e = json_list_add(&list, search_json(&searches->items[i]));
    if (call->json) json_list_end(&list);
    free(searches);
    return e;
}

static enum error save_exec(struct call *call)
{
    struct search search = {0};
    const char *filter = call_value(call, "filter"), *facet = call_value(call, "facet");
    const char *sort = call_value(call, "sort");
    enum error e = facet ? token_facet_find(facet, &search.facet) : OK;
    if (!e && sort) e = token_sort_find(sort, &search.sort);
    size_t fits = (size_t)snprintf(search.name, sizeof search.name, "%s", call->argv[0]);
    size_t also = (size_t)snprintf(search.filter, sizeof search.filter, "%s", filter ? filter : "");
    if (!e && (fits >= sizeof search.name || also >= sizeof search.filter))
        e = fail(ERR_INVALID, "the name or the filter is too long");
    search.descending = call_has(call, "descending");
    if (!e) e = search_save(&call->act, &search);
    if (e) return e;
    if (call->json) return print_json(search_json(&search));
    print_line("Saved the search %s", search.name);
    return OK;
}

static const struct command_option save_options[] = {
    {.name = "filter", .value = "TEXT", .sentence = "words to find in account, name or last four"},
    {.name = "facet", .value = "FACET", .sentence = "as for token list"},
    {.name = "sort", .value = "COLUMN", .sentence = "as for token list"},
    {.name = "descending", .sentence = "reverse the order"},
    {0},
};

static enum error delete_exec(struct call *call)
{
    enum error e = search_delete(&call->act, call->argv[0]);
    if (e) return e;
    if (call->json) return print_json(json_pack("{s:o}", "deleted", json_text(call->argv[0])));
    print_line("Deleted the search %s", call->argv[0]);
    return OK;
}

const struct cli_command cli_search_commands[] = {
    {
        .words = "search list",
        .sentence = "Lists the saved searches, which all admins share.",
        .example = "gatehouse search list",
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "search save",
        .arguments = "NAME",
        .least = 1,
        .most = 1,
        .sentence = "Saves a search for tokens under a name; the palette of the console lists it.",
        .example = "gatehouse search save \"ci, ending\" --filter ci- --facet ending",
        .options = save_options,
        .store = CLI_WRITES,
        .exec = save_exec,
    },
    {
        .words = "search delete",
        .arguments = "NAME",
        .least = 1,
        .most = 1,
        .sentence = "Deletes a saved search.",
        .example = "gatehouse search delete \"ci, ending\"",
        .store = CLI_WRITES,
        .exec = delete_exec,
    },
    {0},
};
