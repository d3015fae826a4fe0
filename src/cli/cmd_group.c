#include "src/cli/cmd_group.h"

#include "src/cli/cmd_account.h"
#include "src/cli/many.h"
#include "src/cli/print.h"
#include "src/cli/sort.h"

#include <gatehouse/account_list.h>
#include <gatehouse/audit.h>
#include <gatehouse/group_change.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/text.h>
#include <gatehouse/whatif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

enum error cli_group_load(const struct call *call, const char *name, struct group *out)
{
    int64_t number = 0;
    enum error e = group_find(call->act.store, name, &number);
    return e ? e : group_get(call->act.store, number, out);
}

/* The fields of the list. NULL when out of memory. */
static json_t *group_json(const struct group *group)
{
    return json_pack("{s:o, s:I, s:b, s:I, s:I}", "name", json_text(group->name), "number",
                     (json_int_t)group->number, "system", group->system, "members",
                     (json_int_t)group->members, "permissions", (json_int_t)group->permissions);
}

static const char *name_cell(struct cell *cell)
{
    const struct group *row = cell->row;
    return row->name;
}

static const char *members_cell(struct cell *cell)
{
    const struct group *row = cell->row;
    return cell_print(cell, "%s", number_text(row->members).text);
}

static const char *permissions_cell(struct cell *cell)
{
    const struct group *row = cell->row;
    return cell_print(cell, "%s", number_text(row->permissions).text);
}

static const char *description_cell(struct cell *cell)
{
    const struct group *row = cell->row;
    return row->summary;
}

static const struct column columns[] = {
    {.title = "GROUP", .text = name_cell, .least = 12},
    {.title = "MEMBERS", .text = members_cell, .right = true},
    {.title = "PERMISSIONS", .text = permissions_cell, .right = true},
    {.title = "DESCRIPTION", .text = description_cell, .least = 11},
    {0},
};

static enum error list_rows(const struct call *call, const struct group_query *query,
                            struct table *table, struct json_list *list)
{
    struct group *rows = malloc(PAGE * sizeof *rows), last;
    size_t count = PAGE;
    bool first = true;
    enum error e = rows ? OK : fail_memory();
    while (!e && count == PAGE) {
        e = group_page(call->act.store, query, first ? NULL : &last, (struct page){.max = PAGE},
                       rows, &count);
        for (size_t i = 0; i < count && !e; i++)
            e = table ? table_add(table, &rows[i]) : json_list_add(list, group_json(&rows[i]));
        if (count) last = rows[count - 1];
        first = false;
    }
    free(rows);
    return e;
}

static enum error list_exec(struct call *call)
{
    const char *filter = call_value(call, "filter");
    static const char *const words[] = {[GROUP_BY_NAME] = "name",
                                        [GROUP_BY_MEMBERS] = "members",
                                        [GROUP_BY_PERMISSIONS] = "permissions",
                                        NULL};
    struct group_query query = {.filter = filter ? filter : ""};
    struct table *table = NULL;
    struct json_list list = {0};
    int sort = GROUP_BY_NAME;
    enum error e = sort_read(call, words, &sort, &query.descending);
    query.sort = (enum group_sort)sort;
    if (!e && !call->json) e = table_new(columns, call->act.now, &table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, list_rows(call, &query, table, &list));
    if (table) table_end(table, e ? NULL : "No group matches");
    if (call->json && !e) json_list_end(&list);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "only names that contain all these words; d:word searches the description"},
    SORT_OPTIONS("name, members or permissions"),
    {0},
};

static enum error set_description(const struct call *call, int64_t number, const char *description)
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

static enum error create_exec(struct call *call)
{
    const char *description = call_value(call, "description");
    int64_t number;
    struct group group = {0};
    enum error e = store_begin(call->act.store);
    if (e) return e;
    e = group_create(&call->act, call->argv[0], &number);
    if (!e && description) e = set_description(call, number, description);
    if (!e) e = group_get(call->act.store, number, &group);
    e = store_end(call->act.store, e);
    if (e) return e;
    if (call->json) return print_json(group_json(&group));
    print_line("Created the group %s", group.name);
    return OK;
}

static const struct command_option create_options[] = {
    {.name = "description", .value = "TEXT", .sentence = "what it is for"},
    {0},
};

static enum error rename_exec(struct call *call)
{
    struct group group = {0};
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = group_rename(&call->act, group.number, call->argv[1]);
    if (!e) e = group_get(call->act.store, group.number, &group);
    if (e) return e;
    if (call->json) return print_json(group_json(&group));
    print_line("The group is now called %s", group.name);
    return OK;
}

static enum error edit_exec(struct call *call)
{
    struct group group = {0};
    const char *description = call_value(call, "description");
    if (!description) return fail(ERR_USAGE, "nothing to change: give --description TEXT");
    int64_t before = audit_last(call->act.store).last;
    enum error e = store_begin(call->act.store);
    if (e) return e;
    e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = set_description(call, group.number, description);
    e = store_end(call->act.store, e);
    if (e) return e;
    if (call->json) return print_json(group_json(&group));
    if (audit_last(call->act.store).last > before)
        print_line("Changed the group %s", group.name);
    else
        print_line("The group %s is unchanged", group.name);
    return OK;
}

/* Says what its members lose, before and after. */
static enum error delete_one(const struct call *call, struct group *group, int64_t *accounts)
{
    struct whatif *lost;
    char losers[TEXT_COUNT_SIZE];
    enum error e = cli_group_load(call, call->argv[0], group);
    if (e) return e;
    const struct whatif_change change = {.group = group->number, .deleted = true};
    e = whatif(call->act.store, call->act.now, &change, NULL, &lost);
    if (e) return e;
    int64_t working = lost->working;
    *accounts = lost->accounts;
    free(lost);
    e = group_delete(&call->act, group->number);
    if (e || !*accounts) return e;
    return call_ask_yes(call, "%s would lose permissions, %s of them with working tokens",
                        text_count(losers, *accounts, "account"), number_text(working).text);
}

static enum error delete_exec(struct call *call)
{
    struct group group = {0};
    char losers[TEXT_COUNT_SIZE];
    int64_t accounts = 0;
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, delete_one(call, &group, &accounts));
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:o, s:b, s:I, s:I}", "name", json_text(group.name),
                                    "deleted", true, "members", (json_int_t)group.members,
                                    "accounts_affected", (json_int_t)accounts));
    print_line("Deleted the group %s; %s lost permissions", group.name,
               text_count(losers, accounts, "account"));
    return OK;
}

static const struct command_option delete_options[] = {
    {.name = "yes", .sentence = "required if accounts lose permissions"},
    {0},
};

static enum error print_members(const struct call *call, const struct group *group, json_t *list)
{
    const struct account_query query = {.filter = "", .group = group->number};
    struct account_place place = {0};
    struct account_row *rows = malloc(PAGE * sizeof *rows);
    size_t count = PAGE;
    enum error e = rows ? OK : fail_memory();
    while (!e && count == PAGE) {
        e = account_page(call->act.store, call->act.now, &query, &place, (struct page){.max = PAGE},
                         rows, &count);
        for (size_t i = 0; i < count && !e; i++) {
            char id[ACCOUNT_ID_SIZE];
            account_id_text(id, rows[i].name);
            if (list)
                json_array_append_new(list, json_string(id));
            else
                print_field(i || place.name[0] ? "" : "Members", id);
        }
        if (count) place = account_place_of(&query, &rows[count - 1]);
    }
    free(rows);
    return e;
}

static json_t *permission_ids(const struct permissions *catalogue, const struct id_set *held)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < catalogue->count; i++)
        if (id_set_has(held, catalogue->items[i].number))
            json_array_append_new(ids, json_text(catalogue->items[i].id));
    return ids;
}

static enum error show_json(const struct call *call, const struct group *group,
                            const struct group_details *details,
                            const struct permissions *catalogue)
{
    json_t *object = group_json(group), *members = json_array();
    json_object_set_new(object, "description", json_text(details->description));
    json_object_set_new(object, "permissions", permission_ids(catalogue, &details->permissions));
    /* Everyone has no list of members: every account is in it. */
    enum error e = group->system ? OK : print_members(call, group, members);
    json_object_set_new(object, "member_ids", members);
    if (!e) return print_json(object);
    json_decref(object);
    return e;
}

static enum error show_text(const struct call *call, const struct group *group,
                            const struct group_details *details,
                            const struct permissions *catalogue)
{
    print_field("Group", group->name);
    print_field("Description", details->description);
    bool first = true;
    for (size_t i = 0; i < catalogue->count; i++) {
        if (!id_set_has(&details->permissions, catalogue->items[i].number)) continue;
        print_field(first ? "Permissions" : "", catalogue->items[i].id);
        first = false;
    }
    if (!group->system) return print_members(call, group, NULL);
    print_field("Members", "every account");
    return OK;
}

static enum error show_exec(struct call *call)
{
    struct group group = {0};
    struct group_details details;
    struct permissions *catalogue;
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = group_details_load(call->act.store, group.number, &details, NULL);
    if (e) return e;
    e = permission_list(call->act.store, &catalogue);
    if (!e) {
        e = call->json ? show_json(call, &group, &details, catalogue)
                       : show_text(call, &group, &details, catalogue);
        free(catalogue);
    }
    group_details_free(&details);
    return e;
}

static enum error move(const struct call *call, const char *typed, bool in, struct outcome *outcome)
{
    const struct group *group = call->arg;
    struct account_row account;
    bool changed;
    char id[ACCOUNT_ID_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    if (!e) e = group_set_member(&call->act, group->number, account.number, in, &changed);
    if (e) return e;
    account_id_text(id, account.name);
    snprintf(outcome->line, sizeof outcome->line, "%s %s %s", id,
             changed ? (in ? "joined" : "left") : (in ? "is already in" : "is not in"),
             group->name);
    outcome->object = json_pack("{s:s, s:o, s:b, s:b}", "id", id, "group", json_text(group->name),
                                "member", in, "changed", changed);
    return OK;
}

static enum error add_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    return move(call, typed, true, outcome);
}

static enum error remove_one(const struct call *call, const char *typed, struct outcome *outcome)
{
    return move(call, typed, false, outcome);
}

static enum error move_all(struct call *call,
                           enum error (*one)(const struct call *, const char *, struct outcome *))
{
    struct group group = {0};
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (e) return e;
    /* The group is the first argument; many_run gets the rest. */
    call->arg = &group;
    call->argv++;
    call->argc--;
    e = many_run(call, NULL, one);
    call->arg = NULL;
    return e;
}

static enum error add_exec(struct call *call)
{
    return move_all(call, add_one);
}

static enum error remove_exec(struct call *call)
{
    return move_all(call, remove_one);
}

const struct cli_command cli_group_commands[] = {
    {
        .words = "group list",
        .sentence = "Lists groups.",
        .example = "gatehouse group list --filter build",
        .options = list_options,
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "group show",
        .arguments = "GROUP",
        .least = 1,
        .most = 1,
        .sentence = "Shows a group with its members and permissions.",
        .example = "gatehouse group show deploy",
        .store = CLI_READS,
        .exec = show_exec,
    },
    {
        .words = "group create",
        .arguments = "NAME",
        .least = 1,
        .most = 1,
        .sentence = "Creates a group.",
        .example = "gatehouse group create deploy --description 'May deploy to production'",
        .options = create_options,
        .store = CLI_WRITES,
        .exec = create_exec,
    },
    {
        .words = "group edit",
        .arguments = "GROUP",
        .least = 1,
        .most = 1,
        .sentence = "Changes the description of a group.",
        .example = "gatehouse group edit deploy --description 'May deploy to production'",
        .options = create_options,
        .store = CLI_WRITES,
        .exec = edit_exec,
    },
    {
        .words = "group rename",
        .arguments = "GROUP NAME",
        .least = 2,
        .most = 2,
        .sentence = "Renames a group.",
        .example = "gatehouse group rename deploy deploy-production",
        .store = CLI_WRITES,
        .exec = rename_exec,
    },
    {
        .words = "group delete",
        .arguments = "GROUP",
        .least = 1,
        .most = 1,
        .sentence = "Deletes a group; members lose the permissions that only it gave them.",
        .example = "gatehouse group delete deploy --yes",
        .options = delete_options,
        .store = CLI_WRITES,
        .exec = delete_exec,
    },
    {
        .words = "group add",
        .arguments = "GROUP ID...",
        .least = 2,
        .most = -1,
        .sentence = "Adds accounts to a group.",
        .example = "gatehouse group add deploy ci-deploy ci-release",
        .store = CLI_WRITES,
        .exec = add_exec,
    },
    {
        .words = "group remove",
        .arguments = "GROUP ID...",
        .least = 2,
        .most = -1,
        .sentence = "Removes accounts from a group.",
        .example = "gatehouse group remove deploy ci-legacy",
        .store = CLI_WRITES,
        .exec = remove_exec,
    },
    {0},
};
