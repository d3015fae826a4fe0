/* group show, add, remove. */
#include "src/cli/account.h"
#include "src/cli/commands.h"
#include "src/cli/group.h"
#include "src/cli/many.h"

#include <gatehouse/account_list.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 200 };

static enum error print_members(const struct call *call, const struct group *group, json_t *list)
{
    const struct account_query query = {.filter = "", .group = group->number};
    struct account_place place = {0};
    struct account_row *rows = malloc(PAGE * sizeof *rows);
    size_t count = PAGE;
    enum error e = rows ? OK : fail(ERR_SYSTEM, "out of memory");
    while (!e && count == PAGE) {
        e = account_page(call->act.store, call->act.now, &query, &place, false, false, rows, PAGE,
                         &count);
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
    json_t *object = cli_group_json(group), *members = json_array();
    json_object_set_new(object, "description", json_text(details->description));
    json_object_set_new(object, "permissions", permission_ids(catalogue, &details->permissions));
    /* Everyone is named by no list: it is all accounts. */
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
    struct group group;
    struct group_details details;
    struct permissions *catalogue;
    int64_t version;
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (!e) e = group_details_load(call->act.store, group.number, &details, &version);
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

const struct command command_group_show = {
    .words = "group show",
    .arguments = "GROUP",
    .least = 1,
    .most = 1,
    .sentence = "Shows a group with its members and permissions.",
    .example = "gatehouse group show deploy",
    .opens = true,
    .exec = show_exec,
};

static enum error move(const struct call *call, const char *typed, bool in, struct outcome *outcome)
{
    const struct group *group = call->arg;
    struct account account;
    bool changed;
    char id[ACCOUNT_ID_SIZE];
    enum error e = cli_account_load(call, typed, &account);
    if (!e) e = group_set_member(&call->act, group->number, account.row.number, in, &changed);
    if (e) return e;
    account_id_text(id, account.row.name);
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
    struct group group;
    enum error e = cli_group_load(call, call->argv[0], &group);
    if (e) return e;
    /* The group is the first argument, many_run sees the rest. */
    call->arg = &group;
    call->argv++;
    call->argc--;
    e = many_run(call, one);
    call->arg = NULL;
    return e;
}

static enum error add_exec(struct call *call)
{
    return move_all(call, add_one);
}

const struct command command_group_add = {
    .words = "group add",
    .arguments = "GROUP ID...",
    .least = 2,
    .most = -1,
    .sentence = "Puts accounts into a group.",
    .example = "gatehouse group add deploy ci-deploy ci-release",
    .opens = true,
    .exec = add_exec,
};

static enum error remove_exec(struct call *call)
{
    return move_all(call, remove_one);
}

const struct command command_group_remove = {
    .words = "group remove",
    .arguments = "GROUP ID...",
    .least = 2,
    .most = -1,
    .sentence = "Takes accounts out of a group.",
    .example = "gatehouse group remove deploy ci-legacy",
    .opens = true,
    .exec = remove_exec,
};
