#include "src/cli/cmd_token.h"
#include "src/cli/print.h"
#include "src/cli/sort.h"

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

static enum error list_exec(struct call *call)
{
    static const char *const words[] = {"name", NULL};
    struct searches *searches = NULL;
    struct table *table = NULL;
    struct json_list list = {0};
    int sort = 0;
    bool descending = false;
    enum error e = sort_read(call, words, &sort, &descending);
    if (!e) e = search_list(call->act.store, &searches);
    if (!e && !call->json) e = table_new(columns, call->act.now, &table);
    for (size_t i = 0, count = e ? 0 : searches->count; !e && i < count; i++) {
        const struct search *search = &searches->items[descending ? count - 1 - i : i];
        e = table ? table_add(table, search) : json_list_add(&list, search_json(search));
    }
    if (table)
        table_end(table, e ? NULL : "No saved searches: gatehouse search save NAME saves one");
    if (call->json && !e) json_list_end(&list);
    free(searches);
    return e;
}

static const struct command_option list_options[] = {SORT_OPTIONS("name"), {0}};

static enum error save_exec(struct call *call)
{
    struct search search = {0};
    const char *filter = call_value(call, "filter"), *facet = call_value(call, "facet");
    int sort = TOKENS_BY_ACCOUNT;
    enum error e = facet ? token_facet_find(facet, &search.facet) : OK;
    if (!e) e = sort_read(call, cli_token_sort_words(), &sort, &search.descending);
    search.sort = (enum token_sort)sort;
    size_t fits = (size_t)snprintf(search.name, sizeof search.name, "%s", call->argv[0]);
    size_t also = (size_t)snprintf(search.filter, sizeof search.filter, "%s", filter ? filter : "");
    if (!e && (fits >= sizeof search.name || also >= sizeof search.filter))
        e = fail(ERR_INVALID, "the name or the filter is too long");
    if (!e) e = search_save(&call->act, &search);
    if (e) return e;
    if (call->json) return print_json(search_json(&search));
    print_line("Saved the search %s", search.name);
    return OK;
}

static const struct command_option save_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "words to find in account, name or last four; a:word only in the account, o:word "
                 "in its owner, d:word in its description; is:suspended"},
    {.name = "facet", .value = "FACET", .sentence = "as for token list"},
    SORT_OPTIONS(TOKEN_SORT_COLUMNS),
    {0},
};

static enum error delete_exec(struct call *call)
{
    struct search search;
    enum error e = search_find(call->act.store, call->argv[0], &search);
    if (!e) e = search_delete(&call->act, search.name);
    if (e) return e;
    if (call->json) return print_json(json_pack("{s:o}", "deleted", json_text(search.name)));
    print_line("Deleted the search %s", search.name);
    return OK;
}

const struct cli_command cli_search_commands[] = {
    {
        .words = "search list",
        .sentence = "Lists the saved searches, which all admins share.",
        .example = "gatehouse search list",
        .options = list_options,
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
