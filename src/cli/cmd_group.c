#include "src/cli/commands.h"
#include "src/cli/group.h"

#include <gatehouse/whatif.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

enum error cli_group_load(const struct call *call, const char *name, struct group *out)
{
    int64_t number = 0;
    enum error e = group_find(call->act.store, name, &number);
    return e ? e : group_get(call->act.store, number, out);
}

json_t *cli_group_json(const struct group *group)
{
    return json_pack("{s:o, s:I, s:b, s:I, s:I}", "name", json_text(group->name), "number",
                     (json_int_t)group->number, "system", group->system, "members",
                     (json_int_t)group->members, "permissions", (json_int_t)group->permissions);
}

static const struct column columns[] = {
    {.title = "GROUP", .least = 12},
    {.title = "MEMBERS"},
    {.title = "PERMISSIONS"},
    {.title = "DESCRIPTION", .least = 11},
    {0},
};

static enum error add_row(struct table *table, const struct group *group)
{
    char members[24], permissions[24];
    snprintf(members, sizeof members, "%" PRId64, group->members);
    snprintf(permissions, sizeof permissions, "%" PRId64, group->permissions);
    const char *cells[] = {group->name, members, permissions, group->summary};
    return table_add(table, cells);
}

static enum error list_rows(const struct call *call, const struct group_query *query,
                            struct table *table, struct json_list *list)
{
    struct group *rows = malloc(PAGE * sizeof *rows), last;
    size_t count = PAGE;
    bool first = true;
    enum error e = rows ? OK : fail(ERR_SYSTEM, "out of memory");
    while (!e && count == PAGE) {
        e = group_page(call->act.store, query, first ? NULL : &last, false, false, rows, PAGE,
                       &count);
        for (size_t i = 0; i < count && !e; i++)
            e = table ? add_row(table, &rows[i]) : json_list_add(list, cli_group_json(&rows[i]));
        if (count) last = rows[count - 1];
        first = false;
    }
    free(rows);
    return e;
}

static enum error list_exec(struct call *call)
{
    const char *filter = call_value(call, "filter");
    const struct group_query query = {.filter = filter ? filter : ""};
    struct table *table = NULL;
    struct json_list list = {0};
    enum error e = OK;
    if (!call->json) e = table_new(columns, &table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, list_rows(call, &query, table, &list));
    if (table) table_end(table, e ? NULL : "No group matches");
    if (call->json && !e) json_list_end(&list);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter", .value = "TEXT", .sentence = "only names with all these words"},
    {0},
};

const struct command command_group_list = {
    .words = "group list",
    .sentence = "Lists groups.",
    .example = "gatehouse group list --filter build",
    .options = list_options,
    .opens = true,
    .exec = list_exec,
};

static enum error create_exec(struct call *call)
{
    const char *description = call_value(call, "description");
    int64_t number;
    struct group group = {0};
    enum error e = store_begin(call->act.store);
    if (e) return e;
    e = group_create(&call->act, call->argv[0], &number);
    if (!e && description) e = cli_group_describe(call, number, description);
    if (!e) e = group_get(call->act.store, number, &group);
    e = store_end(call->act.store, e);
    if (e) return e;
    if (call->json) return print_json(cli_group_json(&group));
    print_line("Created the group %s", group.name);
    return OK;
}

static const struct command_option create_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {0},
};

const struct command command_group_create = {
    .words = "group create",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .sentence = "Creates a group.",
    .example = "gatehouse group create deploy --description 'May deploy to production'",
    .options = create_options,
    .opens = true,
    .exec = create_exec,
};

static enum error rename_exec(struct call *call)
{
    struct group group;
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = group_rename(&call->act, group.number, call->argv[1]);
    if (!e) e = group_get(call->act.store, group.number, &group);
    if (e) return e;
    if (call->json) return print_json(cli_group_json(&group));
    print_line("The group is called %s", group.name);
    return OK;
}

const struct command command_group_rename = {
    .words = "group rename",
    .arguments = "GROUP NAME",
    .least = 2,
    .most = 2,
    .sentence = "Renames a group.",
    .example = "gatehouse group rename deploy deploy-production",
    .opens = true,
    .exec = rename_exec,
};

enum error cli_group_describe(const struct call *call, int64_t number, const char *description)
{
    struct group_details details;
    int64_t version;
    enum error e = group_details_load(call->act.store, number, &details, &version);
    if (e) return e;
    const struct group_details changed = {.description = (char *)description,
                                          .permissions = details.permissions};
    e = group_update(&call->act, number, version, &changed, NULL, NULL);
    group_details_free(&details);
    return e;
}

static enum error edit_exec(struct call *call)
{
    struct group group;
    const char *description = call_value(call, "description");
    if (!description) return fail(ERR_USAGE, "nothing to change: give --description");
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = cli_group_describe(call, group.number, description);
    if (e) return e;
    if (call->json) return print_json(cli_group_json(&group));
    print_line("Changed the group %s", group.name);
    return OK;
}

const struct command command_group_edit = {
    .words = "group edit",
    .arguments = "GROUP",
    .least = 1,
    .most = 1,
    .sentence = "Changes the description of a group.",
    .example = "gatehouse group edit deploy --description 'May deploy to production'",
    .options = create_options,
    .opens = true,
    .exec = edit_exec,
};

/* What its members lose is said before and after. */
static enum error delete_exec(struct call *call)
{
    struct group group;
    struct whatif *lost;
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (e) return e;
    const struct whatif_change change = {.group = group.number, .deleted = true};
    e = whatif(call->act.store, call->act.now, &change, NULL, &lost);
    if (e) return e;
    int64_t accounts = lost->accounts, live = lost->live;
    free(lost);
    if (accounts && !call_has(call, "yes"))
        return fail(ERR_USAGE,
                    "%" PRId64 " account%s would lose permissions, %" PRId64
                    " of them with live tokens; add --yes if you mean it",
                    accounts, accounts == 1 ? "" : "s", live);
    e = group_delete(&call->act, group.number);
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:o, s:b, s:I, s:I}", "name", json_text(group.name),
                                    "deleted", true, "members", (json_int_t)group.members,
                                    "accounts_affected", (json_int_t)accounts));
    print_line("Deleted the group %s; %" PRId64 " account%s lost permissions", group.name, accounts,
               accounts == 1 ? "" : "s");
    return OK;
}

static const struct command_option delete_options[] = {
    {.name = "yes", .sentence = "needed when accounts lose permissions by it"},
    {0},
};

const struct command command_group_delete = {
    .words = "group delete",
    .arguments = "GROUP",
    .least = 1,
    .most = 1,
    .sentence = "Deletes a group; its members lose what only it gave them.",
    .example = "gatehouse group delete deploy --yes",
    .options = delete_options,
    .opens = true,
    .exec = delete_exec,
};
