#include "src/cli/cmd_account.h"

#include "src/cli/access.h"
#include "src/cli/cmd_token.h"
#include "src/cli/many.h"
#include "src/cli/print.h"
#include "src/cli/sort.h"

#include <gatehouse/account_change.h>
#include <gatehouse/audit.h>
#include <gatehouse/group.h>
#include <gatehouse/impact_text.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

enum error cli_account_load(const struct call *call, const char *typed, struct account_row *out)
{
    int64_t number;
    enum error e = account_find(call->act.store, typed, &number);
    return e ? e : account_get(call->act.store, call->act.now, number, out);
}

/* The fields of the list. NULL when out of memory. */
static json_t *account_json(const struct account_row *row)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, row->name);
    return json_pack("{s:o, s:I, s:b, s:I, s:b, s:o, s:o, s:o, s:o}", "id", json_text(id), "number",
                     (json_int_t)row->number, "active", row->active, "tokens",
                     (json_int_t)row->tokens, "ending", row->ending, "last_used",
                     json_time(row->last_used), "created", json_time(row->created), "owner",
                     json_text(row->owner), "description", json_text(row->description));
}

static const char *id_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    account_id_text(cell->text, row->name);
    return cell->text;
}

static const char *status_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    return row->active ? "active" : "inactive";
}

static const char *tokens_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    return cell_print(cell, "%s%s", number_text(row->tokens).text, row->ending ? "!" : " ");
}

static const char *last_used_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    when_relative(cell->text, row->last_used, cell->now);
    return cell->text;
}

static const char *created_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    when_date(cell->text, row->created);
    return cell->text;
}

static const char *owner_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    return row->owner;
}

static const char *description_cell(struct cell *cell)
{
    const struct account_row *row = cell->row;
    return row->description;
}

static const struct column columns[] = {
    {.title = "ACCOUNT ID", .text = id_cell, .least = 12, .middle = true},
    {.title = "STATUS", .text = status_cell},
    {.title = "TOKENS", .text = tokens_cell, .right = true},
    {.title = "LAST USED", .text = last_used_cell},
    {.title = "CREATED", .text = created_cell},
    {.title = "OWNER", .text = owner_cell, .least = 8},
    {.title = "DESCRIPTION", .text = description_cell, .least = 11},
    {0},
};

static const char *const sort_words[] = {
    [ACCOUNT_BY_ID] = "id",           [ACCOUNT_BY_STATUS] = "status",
    [ACCOUNT_BY_TOKENS] = "tokens",   [ACCOUNT_BY_LAST_USED] = "last-used",
    [ACCOUNT_BY_CREATED] = "created", NULL,
};

static enum error read_query(const struct call *call, struct account_query *query)
{
    const char *filter = call_value(call, "filter");
    int sort = ACCOUNT_BY_ID;
    query->filter = filter ? filter : "";
    query->status = call_has(call, "inactive") ? ACCOUNT_INACTIVE
                    : call_has(call, "active") ? ACCOUNT_ACTIVE
                                               : ACCOUNT_ANY;
    enum error e = sort_read(call, sort_words, &sort, &query->descending);
    query->sort = (enum account_sort)sort;
    return e;
}

/* `table` is NULL for JSON. */
static enum error list_rows(const struct call *call, const struct account_query *query,
                            struct account_row *rows, struct table *table, struct json_list *list)
{
    struct account_place place = {0};
    size_t count = PAGE;
    while (count == PAGE) {
        enum error e = account_page(call->act.store, call->act.now, query, &place,
                                    (struct page){.max = PAGE}, rows, &count);
        for (size_t i = 0; i < count && !e; i++)
            e = table ? table_add(table, &rows[i]) : json_list_add(list, account_json(&rows[i]));
        if (!e && !table) e = print_flush();
        if (e) return e;
        if (count) place = account_place_of(query, &rows[count - 1]);
    }
    return OK;
}

static enum error list_exec(struct call *call)
{
    struct account_query query = {0};
    enum error e = read_query(call, &query);
    if (e) return e;
    if (call_has(call, "csv") && (!call_has(call, "access") || call->json))
        return fail(ERR_USAGE, "--csv needs --access and excludes --json");
    if (call_has(call, "access") && (call_has(call, "sort") || call_has(call, "descending")))
        return fail(ERR_USAGE, "--access is sorted by owner: leave --sort and --descending out");
    if (call_has(call, "access")) return cli_print_access(call, &query);
    struct account_row *rows = calloc(PAGE, sizeof *rows);
    if (!rows) return fail_memory();
    struct table *table = NULL;
    struct json_list list = {0};
    if (!call->json) e = table_new(columns, call->act.now, &table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, list_rows(call, &query, rows, table, &list));
    if (table)
        table_end(table, e ? NULL : "No account matches: gatehouse account create ID creates one");
    if (call->json && !e) json_list_end(&list);
    free(rows);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "only IDs that contain all these words; o:word searches the owner, d:word the "
                 "description; is:active, is:inactive"},
    {.name = "inactive", .sentence = "only inactive accounts", .or_next = true},
    {.name = "active", .sentence = "only active accounts"},
    SORT_OPTIONS("id, status, tokens, last-used or created"),
    {.name = "access", .sentence = "report who holds which permission and why, by owner"},
    {.name = "csv", .sentence = "with --access: comma-separated values"},
    {0},
};

struct view {
    struct account_row account;
    struct account_details details;
    struct token_counts counts;
    struct permission_sources *sources;
    struct permissions *catalogue;
};

static enum error load(const struct call *call, struct view *view)
{
    struct store *store = call->act.store;
    enum error e = cli_account_load(call, call->argv[0], &view->account);
    int64_t number = view->account.number;
    if (!e) e = account_details_load(store, number, &view->details, NULL);
    if (!e) e = token_get_counts(store, call->act.now, number, &view->counts);
    if (!e) e = permission_effective(store, number, &view->sources);
    if (!e) e = permission_list(store, &view->catalogue);
    return e;
}

static const struct permission *permission_of(const struct view *view, int64_t number)
{
    for (size_t i = 0; i < view->catalogue->count; i++)
        if (view->catalogue->items[i].number == number) return &view->catalogue->items[i];
    return NULL;
}

/* Everyone, then the account's own groups. */
static enum error each_group(struct store *store, const struct view *view,
                             void (*each)(const char *name, void *arg), void *arg)
{
    struct group group;
    for (size_t i = 0; i <= view->details.groups.count; i++) {
        enum error e =
            group_get(store, i ? view->details.groups.ids[i - 1] : GROUP_EVERYONE, &group);
        if (e) return e;
        each(group.name, arg);
    }
    return OK;
}

static void append_group(const char *name, void *arg)
{
    json_array_append_new(arg, json_text(name));
}

/* The sources of a permission are adjacent, the explicit one first. */
static json_t *permissions_json(const struct view *view)
{
    json_t *all = json_array(), *groups = NULL;
    int64_t last = 0;
    for (size_t i = 0; i < view->sources->count; i++) {
        const struct permission_source *source = &view->sources->items[i];
        const struct permission *permission = permission_of(view, source->permission);
        if (permission && source->permission != last) {
            groups = json_array();
            json_array_append_new(all, json_pack("{s:o, s:b, s:O}", "id", json_text(permission->id),
                                                 "explicit", source->group == 0, "groups", groups));
            json_decref(groups);
        }
        last = source->permission;
        if (groups && source->group) json_array_append_new(groups, json_text(source->group_name));
    }
    return all;
}

static enum error show_json(const struct call *call, const struct view *view)
{
    json_t *object = account_json(&view->account), *groups = json_array();
    enum error e = each_group(call->act.store, view, append_group, groups);
    json_object_set_new(object, "tokens_used", json_integer(view->counts.used));
    json_object_set_new(object, "token_limit", json_integer(view->counts.limit));
    json_object_set_new(object, "tokens_revoked", json_integer(view->counts.revoked));
    json_object_set_new(object, "groups", groups);
    json_object_set_new(object, "permissions", permissions_json(view));
    if (!e) return print_json(object);
    json_decref(object);
    return e;
}

static void print_group(const char *name, void *arg)
{
    const char **label = arg;
    print_field(*label, name);
    *label = "";
}

static void show_permissions(const struct view *view)
{
    const char *label = "Permissions";
    char value[sizeof(struct permission) + sizeof(struct permission_source)];
    for (size_t i = 0; i < view->sources->count; i++) {
        const struct permission_source *source = &view->sources->items[i];
        const struct permission *permission = permission_of(view, source->permission);
        if (!permission) continue;
        snprintf(value, sizeof value, "%s%s%s", permission->id,
                 source->group ? ", from group " : ", explicit", source->group_name);
        print_field(label, value);
        label = "";
    }
    if (!view->sources->count) print_field(label, "none");
}

static enum error show_text(const struct call *call, const struct view *view)
{
    const struct account_row *row = &view->account;
    char id[ACCOUNT_ID_SIZE], text[WHEN_SIZE], tokens[128];
    account_id_text(id, row->name);
    print_field("Account ID", id);
    print_field("Status", row->active ? "active" : "inactive");
    print_field("Description", row->description);
    print_field("Owner", row->owner);
    when_iso(text, row->created);
    print_field("Created", text);
    when_relative(text, row->last_used, call->act.now);
    print_field("Last used", text);
    snprintf(tokens, sizeof tokens, "%s of %s, %s revoked", number_text(view->counts.used).text,
             number_text(view->counts.limit).text, number_text(view->counts.revoked).text);
    print_field("Tokens", tokens);
    const char *label = "Groups";
    enum error e = each_group(call->act.store, view, print_group, &label);
    if (!e) show_permissions(view);
    return e;
}

static enum error show_in_one_state(struct call *call)
{
    struct view view = {0};
    enum error e = load(call, &view);
    if (!e) e = call->json ? show_json(call, &view) : show_text(call, &view);
    account_details_free(&view.details);
    free(view.sources);
    free(view.catalogue);
    return e;
}

static enum error show_exec(struct call *call)
{
    enum error e = store_begin_read(call->act.store);
    return e ? e : store_end(call->act.store, show_in_one_state(call));
}

static enum error replace(char **text, const char *with)
{
    if (!with) return OK;
    char *copy = strdup(with);
    if (!copy) return fail_memory();
    free(*text);
    *text = copy;
    return OK;
}

static enum error read_details(const struct call *call, struct account_details *details)
{
    enum error e = replace(&details->description, call_value(call, "description"));
    return e ? e : replace(&details->owner, call_value(call, "owner"));
}

static enum error print_account(const struct call *call, int64_t number, const char *done)
{
    struct account_row account;
    char id[ACCOUNT_ID_SIZE];
    enum error e = account_get(call->act.store, call->act.now, number, &account);
    if (e) return e;
    if (call->json) return print_json(account_json(&account));
    account_id_text(id, account.name);
    print_line("%s %s", id, done);
    return OK;
}

struct created {
    int64_t account, token;
    struct secret *secret; /* of the first token, if one was asked for */
};

static enum error create(const struct call *call, struct created *created)
{
    struct account_details details = {.description = strdup(""), .owner = strdup("")};
    const char *token = call_value(call, "token");
    enum error e = details.description && details.owner ? OK : fail_memory();
    if (!e) e = read_details(call, &details);
    if (!e) e = account_create(&call->act, call->argv[0], &details, &created->account);
    struct token_plan plan = {.name = token};
    if (!e) e = token_parse_expiry(call->act.store, call->act.now, NULL, &plan.expires);
    if (!e && token)
        e = token_generate(&call->act, created->account, &plan, &created->token, &created->secret);
    account_details_free(&details);
    return e;
}

static enum error print_created(const struct call *call, const struct created *created)
{
    if (!created->secret) return print_account(call, created->account, "created");
    struct account_row account;
    enum error e = account_get(call->act.store, call->act.now, created->account, &account);
    if (e) return e;
    json_t *object = account_json(&account);
    if (object) json_object_set_new(object, "token", json_integer(created->token));
    return cli_token_print_new(call, created->token, object, created->secret);
}

static enum error create_exec(struct call *call)
{
    struct created created = {0};
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, create(call, &created));
    if (!e) e = print_created(call, &created);
    secret_free(created.secret);
    return e;
}

static const struct command_option create_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {.name = "owner", .value = "TEXT", .sentence = "who is responsible for it"},
    {.name = "token",
     .value = "NAME",
     .sentence = "generate a first token and print it, nothing else; NAME may be empty"},
    {0},
};

static enum error edit(const struct call *call, int64_t *number)
{
    struct account_details details = {0};
    int64_t version;
    enum error e = account_find(call->act.store, call->argv[0], number);
    if (!e) e = account_details_load(call->act.store, *number, &details, &version);
    if (!e) e = read_details(call, &details);
    if (!e) e = account_update(&call->act, *number, version, &details);
    account_details_free(&details);
    return e;
}

static enum error edit_exec(struct call *call)
{
    if (!call_has(call, "description") && !call_has(call, "owner"))
        return fail(ERR_USAGE, "nothing to change: give --description TEXT or --owner TEXT");
    int64_t number = 0, before = audit_last(call->act.store).last;
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, edit(call, &number));
    bool changed = audit_last(call->act.store).last > before;
    return e ? e : print_account(call, number, changed ? "updated" : "is unchanged");
}

static const struct command_option edit_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {.name = "owner", .value = "TEXT", .sentence = "who is responsible for it"},
    {0},
};

/* What an admin should know before taking an account for dead: " · 2 tokens still knocking, …". */
static void knocking_text(const struct call *call, const struct account_impact *impact,
                          char out[static IMPACT_TEXT_SIZE])
{
    char text[IMPACT_TEXT_SIZE - sizeof " · "];
    impact_knocking_text(impact->knocking, impact->denied, impact->denied_from, call->act.now, text,
                         sizeof text);
    snprintf(out, IMPACT_TEXT_SIZE, "%s%s", *text ? " · " : "", text);
}

static enum error set_active(const struct call *call, const char *typed, bool active,
                             struct outcome *outcome)
{
    struct account_row account;
    struct account_impact impact;
    bool changed;
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    char knocking[IMPACT_TEXT_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    if (e) return e;
    int64_t number = account.number;
    e = account_get_impact(call->act.store, call->act.now, number, &impact);
    if (!e) e = impact_names(call->act.store, call->act.now, number, names, sizeof names);
    if (!e) e = account_set_active(&call->act, number, active, &changed);
    if (e) return e;

    account_id_text(id, account.name);
    const char *word = active ? "active" : "inactive";
    int64_t count = active ? impact.waiting : impact.working;
    impact_text(&impact, count, active ? "working again" : "stopped", call->act.now, hit,
                sizeof hit);
    knocking_text(call, &impact, knocking);
    if (changed)
        snprintf(outcome->line, sizeof outcome->line, "%s %s · %s%s%s", id,
                 active ? "activated" : "deactivated", hit, names, knocking);
    else
        snprintf(outcome->line, sizeof outcome->line, "%s is already %s%s", id, word, knocking);
    outcome->object =
        json_pack("{s:s, s:b, s:b, s:I, s:I}", "id", id, "active", active, "changed", changed,
                  "live_tokens", (json_int_t)count, "knocking_tokens", (json_int_t)impact.knocking);
    return OK;
}

static enum error activate_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    return set_active(call, typed, true, outcome);
}

static enum error activate_exec(struct call *call)
{
    return many_run(call, NULL, activate_one);
}

static enum error deactivate_one(const struct call *call, const char *typed,
                                 struct outcome *outcome)
{
    return set_active(call, typed, false, outcome);
}

static enum error deactivate_exec(struct call *call)
{
    return many_run(call, NULL, deactivate_one);
}

static enum error delete_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    struct account_row account;
    struct account_impact impact;
    char id[ACCOUNT_ID_SIZE], hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    char knocking[IMPACT_TEXT_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    if (e) return e;
    int64_t number = account.number;
    e = account_get_impact(call->act.store, call->act.now, number, &impact);
    names[0] = 0;
    if (!e && impact.working)
        e = impact_names(call->act.store, call->act.now, number, names, sizeof names);
    if (!e) e = account_delete(&call->act, number);
    if (e) return e;
    account_id_text(id, account.name);
    impact_text(&impact, impact.working, "stopped", call->act.now, hit, sizeof hit);
    knocking_text(call, &impact, knocking);
    snprintf(outcome->line, sizeof outcome->line, "%s deleted · %s%s%s", id, hit, names, knocking);
    outcome->changed = true;
    outcome->object =
        json_pack("{s:s, s:b, s:I, s:I}", "id", id, "deleted", true, "live_tokens",
                  (json_int_t)impact.working, "knocking_tokens", (json_int_t)impact.knocking);
    return OK;
}

static enum error delete_exec(struct call *call)
{
    return many_run(call, &(struct many_question){"delete", "accounts, permanently"}, delete_one);
}

static const struct command_option delete_options[] = {
    {.name = "yes", .sentence = "required to delete more than one"},
    {0},
};

const struct cli_command cli_account_commands[] = {
    {
        .words = "account list",
        .sentence = "Lists accounts.",
        .example = "gatehouse account list --filter ci- --sort -last-used",
        .options = list_options,
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "account show",
        .arguments = "ID",
        .least = 1,
        .most = 1,
        .sentence = "Shows an account, its groups and its permissions.",
        .example = "gatehouse account show ci-deploy --json",
        .store = CLI_READS,
        .exec = show_exec,
    },
    {
        .words = "account create",
        .arguments = "ID",
        .least = 1,
        .most = 1,
        .sentence = "Creates an account.",
        .example = "gatehouse account create ci-deploy --owner team-platform --token github",
        .options = create_options,
        .store = CLI_WRITES,
        .exec = create_exec,
    },
    {
        .words = "account edit",
        .arguments = "ID",
        .least = 1,
        .most = 1,
        .sentence = "Changes the description or the owner of an account.",
        .example = "gatehouse account edit ci-deploy --description 'Deploys main'",
        .options = edit_options,
        .store = CLI_WRITES,
        .exec = edit_exec,
    },
    {
        .words = "account activate",
        .arguments = "ID...",
        .least = 1,
        .most = -1,
        .sentence = "Activates accounts; their tokens work again.",
        .example = "gatehouse account activate ci-deploy ci-docs",
        .store = CLI_WRITES,
        .exec = activate_exec,
    },
    {
        .words = "account deactivate",
        .arguments = "ID...",
        .least = 1,
        .most = -1,
        .sentence = "Deactivates accounts; all their tokens stop working at once.",
        .example = "gatehouse account deactivate ci-legacy",
        .store = CLI_WRITES,
        .exec = deactivate_exec,
    },
    {
        .words = "account delete",
        .arguments = "ID...",
        .least = 1,
        .most = -1,
        .sentence = "Deletes accounts and their tokens, permanently.",
        .example = "gatehouse account delete ci-old ci-older --yes",
        .options = delete_options,
        .store = CLI_WRITES,
        .exec = delete_exec,
    },
    {0},
};
