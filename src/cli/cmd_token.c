#include "src/cli/cmd_token.h"

#include "src/cli/print.h"
#include "src/cli/sort.h"
#include "src/cli/unlock.h"

#include <gatehouse/cli.h>
#include <gatehouse/permission.h>
#include <gatehouse/search.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_denial.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_page.h>
#include <gatehouse/token_query.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 200 };

enum error cli_token_load(const struct call *call, const char *ref, struct token_row *out)
{
    int64_t number;
    enum error e = token_find(call->act.store, call->act.now, ref, &number);
    return e ? e : token_get(call->act.store, call->act.now, number, out);
}

enum error cli_token_account_id(const struct call *call, int64_t number,
                                char id[static ACCOUNT_ID_SIZE])
{
    struct account_row account;
    enum error e = account_get(call->act.store, call->act.now, number, &account);
    id[0] = '\0';
    if (e == ERR_NOT_FOUND) return OK;
    if (!e) account_id_text(id, account.name);
    return e;
}

/* A row of the list; what limits it is loaded only if something does. */
struct listed {
    struct token_item item;
    struct token_limits limits;
    char limits_text[1024];
};

static const char *number_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return cell_print(cell, "%" PRId64, row->item.token.number);
}

static const char *account_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    account_id_text(cell->text, row->item.account_name);
    return cell->text;
}

static const char *name_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return row->item.token.name;
}

static const char *token_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    token_mask(&row->item.token, cell->text);
    return cell->text;
}

static const char *state_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return token_shown_text(&row->item.token, row->item.account_active);
}

static const char *expires_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    when_last_day(cell->text, row->item.token.expires);
    return cell->text;
}

static const char *last_used_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    when_relative(cell->text, row->item.token.last_used, cell->now);
    return cell->text;
}

static const char *from_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return row->item.token.last_from;
}

static const char *denied_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    if (row->item.token.denied == WHEN_NEVER) return "";
    when_relative(cell->text, row->item.token.denied, cell->now);
    return cell->text;
}

static const char *created_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    when_date(cell->text, row->item.token.created);
    return cell->text;
}

static const char *limits_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return row->limits_text;
}

static const struct column columns[] = {
    {.title = "NUMBER", .text = number_cell, .right = true},
    {.title = "ACCOUNT ID", .text = account_cell, .least = 12, .middle = true},
    {.title = "NAME", .text = name_cell, .least = 8},
    {.title = "TOKEN", .text = token_cell},
    {.title = "STATE", .text = state_cell},
    {.title = "EXPIRES", .text = expires_cell},
    {.title = "LIMITS", .text = limits_cell, .least = 8},
    {.title = "LAST USED", .text = last_used_cell},
    {.title = "FROM", .text = from_cell, .least = 6},
    {.title = "DENIED", .text = denied_cell},
    {.title = "CREATED", .text = created_cell},
    {0},
};

/* A token's number; null for none. */
static json_t *number_json(int64_t number)
{
    return number ? json_integer(number) : json_null();
}

/* Whole: by id, null if the token is not narrowed. NULL when out of memory. */
static json_t *permissions_json(struct store *store, const struct token_limits *limits)
{
    if (!limits->narrowed) return json_null();
    json_t *ids = json_array();
    for (size_t i = 0; i < limits->permissions.count; i++) {
        struct permission permission;
        if (!permission_get(store, limits->permissions.ids[i], &permission))
            json_array_append_new(ids, json_text(permission.id));
    }
    return ids;
}

static json_t *networks_json(const struct token_limits *limits)
{
    json_t *networks = json_array();
    for (size_t i = 0; i < limits->network_count; i++)
        json_array_append_new(networks, json_text(limits->networks[i]));
    return networks;
}

static json_t *row_json(const struct call *call, const struct listed *listed)
{
    const struct token_item *item = &listed->item;
    const struct token_row *row = &item->token;
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, item->account_name);
    return json_pack("{s:I, s:o, s:b, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, "
                     "s:b, s:b, s:b, s:{s:o, s:o}, "
                     "s:b, s:o, s:o, s:b, s:b}",
                     "token", (json_int_t)row->number, "account", json_text(id), "account_active",
                     item->account_active, "name", json_text(row->name), "last_four",
                     json_text(row->last_four), "imported", row->imported, "state",
                     token_state_text(row->state), "created", json_time(row->created), "expires",
                     json_time(row->expires), "revoked", json_time(row->revoked), "last_used",
                     json_time(row->last_used), "last_from", json_text(row->last_from), "denied",
                     json_time(row->denied), "denied_from", json_text(row->denied_from),
                     "denied_why", token_denial_text(row->denied_why), "sealed", row->sealed,
                     "narrowed", row->narrowed, "networks", row->networks, "limits", "permissions",
                     permissions_json(call->act.store, &listed->limits), "networks",
                     networks_json(&listed->limits), "canary", row->canary, "replaced_by",
                     number_json(row->successor), "replaces", number_json(row->predecessor),
                     "works", token_works(row, item->account_active), "knocking",
                     token_is_knocking(row, item->account_active, call->act.now));
}

struct listing {
    struct table *table; /* NULL: JSON */
    struct json_list json;
};

static enum error load_limits(const struct call *call, struct listed *listed)
{
    const struct token_row *row = &listed->item.token;
    if (!row->narrowed && !row->networks) return OK;
    enum error e = token_limits_load(call->act.store, row->number, &listed->limits);
    listed->limits.canary = false; /* stands under STATE */
    return e ? e
             : token_limits_text(call->act.store, &listed->limits, listed->limits_text,
                                 sizeof listed->limits_text);
}

static enum error list_item(const struct call *call, struct listing *listing,
                            const struct token_item *item)
{
    struct listed listed = {.item = *item};
    enum error e = load_limits(call, &listed);
    if (!e)
        e = listing->table ? table_add(listing->table, &listed)
                           : json_list_add(&listing->json, row_json(call, &listed));
    token_limits_free(&listed.limits);
    return e;
}

static int compare_items(const void *a, const void *b, void *query)
{
    return token_compare(query, a, b);
}

/* Its order is the account's own unless another is asked for. */
static enum error list_of_account(const struct call *call, struct listing *listing,
                                  struct token_query *query)
{
    struct account_row account = {0};
    struct token_rows *rows = NULL;
    struct token_item *items = NULL;
    int64_t number;
    enum error e = account_find(call->act.store, call->argv[0], &number);
    if (!e) e = account_get(call->act.store, call->act.now, number, &account);
    if (!e) e = token_list(call->act.store, call->act.now, number, true, &rows);
    size_t count = e ? 0 : rows->count;
    if (!e) items = calloc(count + 1, sizeof *items);
    if (!e && !items) e = fail_memory();
    for (size_t i = 0; !e && i < count; i++) {
        items[i] = (struct token_item){.token = rows->items[i], .account_active = account.active};
        snprintf(items[i].account_name, sizeof items[i].account_name, "%s", account.name);
    }
    bool sorted = call_has(call, "sort") || call_has(call, "descending");
    if (!e && sorted) qsort_r(items, count, sizeof *items, compare_items, query);
    for (size_t i = 0; !e && i < count; i++)
        e = list_item(call, listing, &items[i]);
    free(items);
    free(rows);
    return e;
}

static enum error list_all(const struct call *call, struct listing *listing,
                           const struct token_query *query)
{
    struct token_item *rows = malloc(PAGE * sizeof *rows), last;
    enum error e = rows ? OK : fail_memory();
    for (size_t count = PAGE, seen = 0; !e && count == PAGE; seen += count) {
        e = token_page(call->act.store, query, seen ? &last : NULL, (struct page){.max = PAGE},
                       rows, &count);
        for (size_t i = 0; !e && i < count; i++)
            e = list_item(call, listing, &rows[i]);
        if (!e && count) last = rows[count - 1];
        if (!e && call->json) e = print_flush();
    }
    free(rows);
    return e;
}

const char *const *cli_token_sort_words(void)
{
    static const char *words[TOKENS_SORTS + 1];
    for (int i = 0; i < TOKENS_SORTS; i++)
        words[i] = token_sort_word((enum token_sort)i);
    return words;
}

/* The options override the saved search, if one is named. */
static enum error read_query(const struct call *call, struct search *search)
{
    const char *named = call_value(call, "search"), *filter = call_value(call, "filter");
    const char *facet = call_value(call, "facet");
    int sort = TOKENS_BY_ACCOUNT;
    enum error e = named ? search_find(call->act.store, named, search) : OK;
    if (!e && facet) e = token_facet_find(facet, &search->facet);
    if (!e) sort = (int)search->sort;
    if (!e) e = sort_read(call, cli_token_sort_words(), &sort, &search->descending);
    search->sort = (enum token_sort)sort;
    if (!e && filter) {
        size_t size = (size_t)snprintf(search->filter, sizeof search->filter, "%s", filter);
        if (size >= sizeof search->filter) e = fail(ERR_INVALID, "the filter is too long");
    }
    return e;
}

static enum error list_exec(struct call *call)
{
    struct listing listing = {0};
    struct search search = {.sort = TOKENS_BY_ACCOUNT};
    bool asks = call_has(call, "filter") || call_has(call, "facet") || call_has(call, "search");
    if (call->argc && asks)
        return fail(ERR_USAGE,
                    "give an ID, or search all tokens with --filter, --facet or --search");
    enum error e = read_query(call, &search);
    struct token_query query = {.filter = search.filter,
                                .facet = search.facet,
                                .sort = search.sort,
                                .descending = search.descending,
                                .now = call->act.now};
    if (!e && !call->json) e = table_new(columns, call->act.now, &listing.table);
    if (!e) e = store_begin_read(call->act.store);
    if (e) return e;
    e = store_end(call->act.store, call->argc ? list_of_account(call, &listing, &query)
                                              : list_all(call, &listing, &query));
    if (listing.table)
        table_end(listing.table, e      ? NULL
                                 : asks ? "No token matches"
                                        : "No tokens: gatehouse token generate ID generates one");
    if (call->json && !e) json_list_end(&listing.json);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "words to find in account, name or last four; a:word only in the account, o:word "
                 "in its owner, d:word in its description; is:suspended"},
    {.name = "facet",
     .value = "FACET",
     .sentence = "all, live, suspended, expired, revoked, ending (within " WHEN_SOON_TEXT
                 "), used (in 7 days), unused (for 30 days), never-used, of-inactive, canaries, "
                 "denied (in 7 days)"},
    {.name = "search", .value = "NAME", .sentence = "a saved search: gatehouse search list"},
    SORT_OPTIONS(TOKEN_SORT_COLUMNS),
    {0},
};

enum error cli_token_print_new(const struct call *call, int64_t number, json_t *object,
                               const struct secret *secret)
{
    enum error e;
    if (call->json) {
        e = print_json_secret(object, "secret", secret);
    } else {
        json_decref(object);
        e = print_secret(secret);
    }
    if (!e) return OK;
    return fail(e,
                "token %" PRId64 " exists but could not be printed; revoke it: gatehouse token "
                "revoke %" PRId64,
                number, number);
}

static enum error generate_exec(struct call *call)
{
    const char *name = call_value(call, "name");
    int64_t account, number;
    struct secret *secret = NULL;
    struct token_limits limits = {0};
    struct token_plan plan = {.name = name ? name : "", .limits = &limits};
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_find(call->act.store, call->argv[0], &account);
    if (!e)
        e = token_parse_expiry(call->act.store, call->act.now, call_value(call, "expires"),
                               &plan.expires);
    if (!e)
        e = token_limits_parse(call->act.store, call_value(call, "only"), call_value(call, "from"),
                               &limits);
    limits.canary = call_has(call, "canary");
    if (!e) e = cli_token_account_id(call, account, id);
    if (!e) e = token_generate(&call->act, account, &plan, &number, &secret);
    if (!e)
        e = cli_token_print_new(call, number,
                                json_pack("{s:I, s:s, s:o, s:o}", "token", (json_int_t)number,
                                          "account", id, "name", json_text(plan.name), "expires",
                                          json_time(plan.expires)),
                                secret);
    secret_free(secret);
    token_limits_free(&limits);
    return e;
}

static const struct command_option generate_options[] = {
    {.name = "name", .value = "NAME", .sentence = "a name for people; need not be unique"},
    {.name = "expires",
     .value = "WHEN",
     .sentence =
         "90d (also h, m, w), a date (to the end of it, UTC), a time or never; otherwise the "
         "default from the settings"},
    {.name = "only",
     .value = "PERMISSIONS",
     .sentence = "permission IDs, separated by commas: the token is limited to these"},
    {.name = "from",
     .value = "NETWORKS",
     .sentence = "10.0.0.0/8,2001:db8::/32: accepted only from these networks"},
    {.name = "canary", .sentence = "never accepted; each use of it is an event"},
    {0},
};

/* Called first, so that no passphrase is asked for in vain. */
static enum error check_sealed(const struct token_row *row)
{
    if (row->sealed) return OK;
    return fail(ERR_CONFLICT,
                "token %" PRId64 " is not kept, so it cannot be shown again: generate a new one",
                row->number);
}

static enum error open_token(const struct call *call, const char *how, struct token_row *row,
                             struct secret **secret)
{
    struct vault *vault = NULL;
    enum error e = cli_token_load(call, call->argv[0], row);
    if (!e) e = check_sealed(row);
    if (!e) e = unlock_vault(call, &vault);
    if (!e) e = token_reveal(&call->act, row->number, vault, how, secret);
    vault_lock(vault);
    return e;
}

static enum error describe(const struct call *call, const struct token_row *row, json_t **object)
{
    char id[ACCOUNT_ID_SIZE];
    enum error e = cli_token_account_id(call, row->account, id);
    if (!e) *object = json_pack("{s:I, s:s}", "token", (json_int_t)row->number, "account", id);
    return e;
}

static enum error reveal_exec(struct call *call)
{
    struct token_row row;
    struct secret *secret = NULL;
    json_t *object = NULL;
    enum error e = open_token(call, "reveal", &row, &secret);
    if (!e && !call->json) e = print_secret(secret);
    if (!e && call->json) e = describe(call, &row, &object);
    if (!e && call->json) e = print_json_secret(object, "secret", secret);
    secret_free(secret);
    return e;
}

static const struct command_option unlock_options[] = {UNLOCK_OPTIONS, {0}};

static enum error copy_exec(struct call *call)
{
    if (!call->options->copy)
        return fail(ERR_CONFLICT, "there is no clipboard here; gatehouse token reveal prints it");
    struct token_row row;
    struct secret *secret = NULL;
    json_t *object = NULL;
    char said[ERROR_MESSAGE_MAX] = "";
    /* Nothing is opened, and nothing recorded, if it could not be sent. */
    enum error e = cli_token_load(call, call->argv[0], &row);
    if (!e) e = check_sealed(&row);
    if (!e) e = call->options->copy(call->act.store, NULL, said, sizeof said);
    if (!e) e = open_token(call, "copy", &row, &secret);
    if (!e) e = call->options->copy(call->act.store, secret, said, sizeof said);
    secret_free(secret);
    if (!e && !call->json) print_line("%s", said);
    if (!e && call->json) e = describe(call, &row, &object);
    if (e || !call->json) return e;
    if (object) json_object_set_new(object, "said", json_text(said));
    return print_json(object);
}

const struct cli_command cli_token_commands[] = {
    {
        .words = "token list",
        .arguments = "[ID]",
        .most = 1,
        .sentence = "Lists the tokens of one account, or all tokens.",
        .example = "gatehouse token list --facet ending --sort expires",
        .options = list_options,
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "token generate",
        .arguments = "ID",
        .least = 1,
        .most = 1,
        .sentence = "Generates a token and prints it, nothing else.",
        .example = "gatehouse token generate ci-deploy --name github --expires 90d",
        .options = generate_options,
        .store = CLI_WRITES,
        .exec = generate_exec,
    },
    {
        .words = "token copy",
        .arguments = "REF",
        .least = 1,
        .most = 1,
        .sentence = "Copies a kept token to the clipboard of this terminal, which is not cleared "
                    "afterwards.",
        .example = "gatehouse token copy 12",
        .options = unlock_options,
        .store = CLI_WRITES,
        .exec = copy_exec,
    },
    {
        .words = "token reveal",
        .arguments = "REF",
        .least = 1,
        .most = 1,
        .sentence = "Prints a kept token, nothing else.",
        .example = "gatehouse token reveal ci-deploy/github --key-file /etc/gatehouse/vault.key",
        .options = unlock_options,
        .store = CLI_WRITES,
        .exec = reveal_exec,
    },
    {0},
};
