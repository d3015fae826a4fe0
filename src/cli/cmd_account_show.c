#include "src/cli/account.h"
#include "src/cli/commands.h"

#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct view {
    struct account account;
    struct account_details details;
    struct token_counts counts;
    struct permission_sources *sources;
    struct permissions *catalogue;
};

static enum error load(const struct call *call, struct view *view)
{
    struct store *store = call->act.store;
    int64_t version;
    enum error e = cli_account_load(call, call->argv[0], &view->account);
    int64_t number = view->account.row.number;
    if (!e) e = account_details_load(store, number, &view->details, &version);
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

/* The sources of a permission stand beside each other, the explicit one first. */
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
    json_t *object = cli_account_json(&view->account.row), *groups = json_array();
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
    const struct account_row *row = &view->account.row;
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
    snprintf(tokens, sizeof tokens, "%" PRId64 " of %" PRId64 ", %" PRId64 " revoked",
             view->counts.used, view->counts.limit, view->counts.revoked);
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

const struct command command_account_show = {
    .words = "account show",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .sentence = "Shows an account, its groups and what it may do.",
    .example = "gatehouse account show ci-deploy --json",
    .opens = true,
    .exec = show_exec,
};
