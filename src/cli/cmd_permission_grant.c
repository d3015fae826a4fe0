/* permission grant, revoke; why. */
#include "src/cli/account.h"
#include "src/cli/commands.h"
#include "src/cli/group.h"

#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/why.h>
#include <stdlib.h>
#include <string.h>

static enum error change_account(const struct call *call, int64_t permission, const char *typed,
                                 bool granted, bool *changed)
{
    int64_t account;
    enum error e = account_find(call->act.store, typed, &account);
    return e ? e : permission_grant(&call->act, account, permission, granted, changed);
}

static enum error change_group(const struct call *call, int64_t permission, const char *name,
                               bool granted, bool *changed)
{
    int64_t group;
    struct group_details before;
    int64_t version;
    enum error e = group_find(call->act.store, name, &group);
    if (!e) e = group_details_load(call->act.store, group, &before, &version);
    if (e) return e;
    *changed = id_set_has(&before.permissions, permission) != granted;
    group_details_free(&before);
    return group_grant(&call->act, group, permission, granted);
}

static enum error change(struct call *call, bool granted)
{
    const char *account = call_value(call, "account"), *group = call_value(call, "group");
    int64_t permission;
    bool changed = false;
    if (!account == !group) return fail(ERR_USAGE, "give either --account ID or --group GROUP");
    enum error e = permission_find(call->act.store, call->argv[0], &permission);
    if (!e)
        e = account ? change_account(call, permission, account, granted, &changed)
                    : change_group(call, permission, group, granted, &changed);
    if (e) return e;
    const char *holder = account ? account : group;
    if (call->json)
        return print_json(json_pack("{s:o, s:o, s:b, s:b}", "permission", json_text(call->argv[0]),
                                    account ? "account" : "group", json_text(holder), "granted",
                                    granted, "changed", changed));
    if (changed)
        print_line("%s %s %s", call->argv[0], granted ? "granted to" : "taken from", holder);
    else
        print_line("%s %s %s", holder, granted ? "holds it already:" : "does not hold",
                   call->argv[0]);
    return OK;
}

static const struct command_option holder_options[] = {
    {.name = "account", .value = "ID", .sentence = "an account, explicitly", .or_next = true},
    {.name = "group", .value = "GROUP", .sentence = "a group, and through it its members"},
    {0},
};

static enum error grant_exec(struct call *call)
{
    return change(call, true);
}

const struct command command_permission_grant = {
    .words = "permission grant",
    .arguments = "PERMISSION",
    .least = 1,
    .most = 1,
    .sentence = "Grants a permission to an account or a group.",
    .example = "gatehouse permission grant agent_management --group collectors",
    .options = holder_options,
    .opens = true,
    .exec = grant_exec,
};

static enum error revoke_exec(struct call *call)
{
    return change(call, false);
}

const struct command command_permission_revoke = {
    .words = "permission revoke",
    .arguments = "PERMISSION",
    .least = 1,
    .most = 1,
    .sentence = "Takes a permission back from an account or a group.",
    .example = "gatehouse permission revoke agent_management --account ci-legacy",
    .options = holder_options,
    .opens = true,
    .exec = revoke_exec,
};

/* The account itself, or the one whose token is named. */
static enum error find_account(const struct call *call, const char *typed, int64_t *account)
{
    struct token_row token;
    int64_t number;
    size_t digits = strspn(typed, "0123456789");
    if (!strchr(typed, '/') && (digits == 0 || typed[digits]))
        return account_find(call->act.store, typed, account);
    enum error e = token_find(call->act.store, typed, &number);
    if (!e) e = token_get(call->act.store, call->act.now, number, &token);
    if (e) return e;
    *account = token.account;
    return OK;
}

static json_t *why_json(const struct why *why, const char *id)
{
    json_t *sources = json_array();
    for (size_t i = 0; i < why->count; i++)
        json_array_append_new(sources,
                              why->sources[i].group
                                  ? json_pack("{s:o}", "group", json_text(why->sources[i].name))
                                  : json_pack("{s:b}", "explicit", true));
    return json_pack("{s:o, s:o, s:b, s:o}", "account", json_text(id), "permission",
                     json_text(why->permission.id), "holds", why->holds,
                     why->holds ? "through" : "would_give", sources);
}

static enum error why_exec(struct call *call)
{
    int64_t number, permission;
    struct account account;
    struct why *why;
    char id[ACCOUNT_ID_SIZE], text[2000];
    enum error e = find_account(call, call->argv[0], &number);
    if (!e) e = account_get(call->act.store, call->act.now, number, &account);
    if (!e) e = permission_find(call->act.store, call->argv[1], &permission);
    if (!e) e = why_find(call->act.store, number, permission, &why);
    if (e) return e;
    account_id_text(id, account.row.name);
    call->status = why->holds ? EXIT_DONE : EXIT_NO;
    if (call->json) {
        e = print_json(why_json(why, id));
    } else {
        why_text(why, account.row.name, text, sizeof text);
        char *rest = text;
        for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
            print_line("%s", line);
    }
    free(why);
    return e;
}

const struct command command_why = {
    .words = "why",
    .arguments = "ID|TOKEN PERMISSION",
    .least = 2,
    .most = 2,
    .sentence = "Says where a permission of an account comes from, or what would give it.",
    .example = "gatehouse why ci-deploy agent_management",
    .opens = true,
    .exec = why_exec,
};
