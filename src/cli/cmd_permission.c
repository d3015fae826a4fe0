#include "src/cli/cmd_account.h"
#include "src/cli/cmd_group.h"
#include "src/cli/print.h"
#include "src/cli/sort.h"

#include <gatehouse/account.h>
#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/permission_change.h>
#include <gatehouse/text.h>
#include <gatehouse/whatif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum error load(const struct call *call, const char *id, struct permission *out)
{
    int64_t number;
    enum error e = permission_find(call->act.store, id, &number);
    return e ? e : permission_get(call->act.store, number, out);
}

/* A permission and how many accounts hold it effectively. */
struct held {
    struct permission permission;
    int64_t holders;
};

static json_t *held_json(const struct held *held)
{
    const struct permission *permission = &held->permission;
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "id", json_text(permission->id), "name",
                     json_text(permission->name), "sentence", json_text(permission->sentence),
                     "accounts", (json_int_t)permission->accounts, "groups",
                     (json_int_t)permission->groups, "effective", (json_int_t)held->holders);
}

static const char *id_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return row->permission.id;
}

static const char *name_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return row->permission.name;
}

static const char *accounts_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return cell_print(cell, "%s", number_text(row->permission.accounts).text);
}

static const char *groups_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return cell_print(cell, "%s", number_text(row->permission.groups).text);
}

static const char *effective_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return cell_print(cell, "%s", number_text(row->holders).text);
}

static const char *sentence_cell(struct cell *cell)
{
    const struct held *row = cell->row;
    return row->permission.sentence;
}

static const struct column columns[] = {
    {.title = "ID", .text = id_cell, .least = 12},
    {.title = "NAME", .text = name_cell, .least = 8},
    {.title = "ACCOUNTS", .text = accounts_cell, .right = true},
    {.title = "GROUPS", .text = groups_cell, .right = true},
    {.title = "EFFECTIVE", .text = effective_cell, .right = true},
    {.title = "SENTENCE", .text = sentence_cell, .least = 11},
    {0},
};

/* The catalogue is small, and is sorted in memory. */
enum permission_sort { BY_ID, BY_NAME, BY_ACCOUNTS, BY_GROUPS, BY_EFFECTIVE };
struct order {
    enum permission_sort sort;
    bool descending;
};

static int64_t number_of(const struct held *held, const struct order *order)
{
    return order->sort == BY_ACCOUNTS ? held->permission.accounts
           : order->sort == BY_GROUPS ? held->permission.groups
                                      : held->holders;
}

static int compare(const void *one, const void *other, void *arg)
{
    const struct held *a = one, *b = other;
    const struct order *order = arg;
    int result = 0;
    if (order->sort == BY_NAME)
        result = strcmp(a->permission.name, b->permission.name);
    else if (order->sort != BY_ID)
        result = (number_of(a, order) > number_of(b, order)) -
                 (number_of(a, order) < number_of(b, order));
    if (!result) result = strcmp(a->permission.id, b->permission.id);
    return order->descending ? -result : result;
}

static enum error list_rows(const struct call *call, struct order *order, struct table *table,
                            struct json_list *list)
{
    struct permissions *catalogue;
    enum error e = permission_list(call->act.store, &catalogue);
    if (e) return e;
    const char *filter = call_value(call, "filter");
    size_t count = 0;
    struct held *held = calloc(catalogue->count + 1, sizeof *held);
    if (!held) e = fail_memory();
    for (size_t i = 0; i < catalogue->count && !e; i++) {
        if (!permission_matches(&catalogue->items[i], filter ? filter : "")) continue;
        held[count].permission = catalogue->items[i];
        e = permission_count_holders(call->act.store, held[count].permission.number,
                                     &held[count].holders);
        count++;
    }
    if (!e) qsort_r(held, count, sizeof *held, compare, order);
    for (size_t i = 0; i < count && !e; i++)
        e = table ? table_add(table, &held[i]) : json_list_add(list, held_json(&held[i]));
    free(held);
    free(catalogue);
    return e;
}

static enum error list_exec(struct call *call)
{
    static const char *const words[] = {
        [BY_ID] = "id",         [BY_NAME] = "name",           [BY_ACCOUNTS] = "accounts",
        [BY_GROUPS] = "groups", [BY_EFFECTIVE] = "effective", NULL};
    struct table *table = NULL;
    struct json_list list = {0};
    struct order order = {0};
    int sort = BY_NAME;
    enum error e = sort_read(call, words, &sort, &order.descending);
    order.sort = (enum permission_sort)sort;
    if (!e && !call->json) e = table_new(columns, call->act.now, &table);
    if (!e) e = store_begin_read(call->act.store);
    if (!e) e = store_end(call->act.store, list_rows(call, &order, table, &list));
    if (table) table_end(table, e ? NULL : "No permission matches");
    if (call->json && !e) json_list_end(&list);
    return e;
}

static const struct command_option list_options[] = {
    {.name = "filter",
     .value = "TEXT",
     .sentence = "only names and IDs that contain all these words; d:word searches the sentence"},
    SORT_OPTIONS("id, name, accounts, groups or effective"),
    {0},
};

static enum error print_one(const struct call *call, const struct permission *permission)
{
    struct held held = {.permission = *permission};
    char text[2 * TEXT_COUNT_SIZE + 32], accounts[TEXT_COUNT_SIZE], groups[TEXT_COUNT_SIZE];
    enum error e = permission_count_holders(call->act.store, permission->number, &held.holders);
    if (e) return e;
    if (call->json) return print_json(held_json(&held));
    print_field("Permission", permission->id);
    print_field("Name", permission->name);
    print_field("Sentence", permission->sentence);
    snprintf(text, sizeof text, "%s and %s explicitly",
             text_count(accounts, permission->accounts, "account"),
             text_count(groups, permission->groups, "group"));
    print_field("Held by", text);
    snprintf(text, sizeof text, "%s effectively", text_count(accounts, held.holders, "account"));
    print_field("", text);
    return OK;
}

static enum error show_exec(struct call *call)
{
    struct permission permission;
    enum error e = load(call, call->argv[0], &permission);
    return e ? e : print_one(call, &permission);
}

static enum error create_exec(struct call *call)
{
    const char *name = call_value(call, "name"), *sentence = call_value(call, "sentence");
    struct held created = {0};
    int64_t number;
    enum error e = permission_create(&call->act, call->argv[0], name ? name : call->argv[0],
                                     sentence ? sentence : "", &number);
    if (!e) e = permission_get(call->act.store, number, &created.permission);
    if (e) return e;
    if (call->json) return print_json(held_json(&created));
    print_line("Added the permission %s", created.permission.id);
    return OK;
}

static const struct command_option text_options[] = {
    {.name = "name", .value = "TEXT", .sentence = "what lists show for it"},
    {.name = "sentence", .value = "TEXT", .sentence = "what it allows, as a sentence"},
    {0},
};

static enum error edit_exec(struct call *call)
{
    const char *name = call_value(call, "name"), *sentence = call_value(call, "sentence");
    struct permission permission;
    if (!name && !sentence)
        return fail(ERR_USAGE, "nothing to change: give --name TEXT or --sentence TEXT");
    enum error e = load(call, call->argv[0], &permission);
    if (!e) e = permission_edit(&call->act, permission.number, name, sentence, NULL);
    if (!e) e = permission_get(call->act.store, permission.number, &permission);
    return e ? e : print_one(call, &permission);
}

static enum error delete_one(const struct call *call, struct permission *permission,
                             int64_t *accounts)
{
    struct whatif *lost;
    char losers[TEXT_COUNT_SIZE];
    enum error e = load(call, call->argv[0], permission);
    if (e) return e;
    const struct whatif_change change = {.gone = permission->number};
    e = whatif(call->act.store, call->act.now, &change, NULL, &lost);
    if (e) return e;
    int64_t working = lost->working;
    *accounts = lost->accounts;
    free(lost);
    e = permission_delete(&call->act, permission->number);
    if (e || !*accounts) return e;
    return call_ask_yes(call, "%s would lose it, %s of them with working tokens",
                        text_count(losers, *accounts, "account"), number_text(working).text);
}

static enum error delete_exec(struct call *call)
{
    struct permission permission;
    char losers[TEXT_COUNT_SIZE];
    int64_t accounts = 0;
    enum error e = store_begin(call->act.store);
    if (!e) e = store_end(call->act.store, delete_one(call, &permission, &accounts));
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:o, s:b, s:I}", "id", json_text(permission.id), "deleted",
                                    true, "accounts_affected", (json_int_t)accounts));
    print_line("Deleted the permission %s; %s lost it", permission.id,
               text_count(losers, accounts, "account"));
    return OK;
}

static const struct command_option delete_options[] = {
    {.name = "yes", .sentence = "required if accounts lose it"},
    {0},
};

/* Who gets or loses a permission, as it is called here, however it was typed. */
struct holder {
    char name[GROUP_NAME_MAX * 4 + 1 + ACCOUNT_ID_SIZE];
    bool changed;
};

static enum error change_account(const struct call *call, int64_t permission, const char *typed,
                                 bool granted, struct holder *out)
{
    struct account_row account;
    enum error e = cli_account_load(call, typed, &account);
    if (e) return e;
    account_id_text(out->name, account.name);
    return permission_grant(&call->act, account.number, permission, granted, &out->changed);
}

static enum error change_group(const struct call *call, int64_t permission, const char *name,
                               bool granted, struct holder *out)
{
    struct group group;
    struct group_details before;
    enum error e = cli_group_load(call, name, &group);
    if (!e) e = group_details_load(call->act.store, group.number, &before, NULL);
    if (e) return e;
    snprintf(out->name, sizeof out->name, "%s", group.name);
    out->changed = id_set_has(&before.permissions, permission) != granted;
    group_details_free(&before);
    return group_grant(&call->act, group.number, permission, granted);
}

static enum error change(struct call *call, bool granted)
{
    const char *account = call_value(call, "account"), *group = call_value(call, "group");
    struct permission permission;
    struct holder holder = {0};
    if (!account == !group) return fail(ERR_USAGE, "give --account ID or --group GROUP");
    enum error e = load(call, call->argv[0], &permission);
    if (!e)
        e = account ? change_account(call, permission.number, account, granted, &holder)
                    : change_group(call, permission.number, group, granted, &holder);
    if (e) return e;
    if (call->json)
        return print_json(json_pack("{s:o, s:o, s:b, s:b}", "permission", json_text(permission.id),
                                    account ? "account" : "group", json_text(holder.name),
                                    "granted", granted, "changed", holder.changed));
    if (holder.changed)
        print_line("%s %s %s", permission.id, granted ? "granted to" : "revoked from", holder.name);
    else
        print_line("%s %s %s", holder.name, granted ? "already holds" : "does not hold",
                   permission.id);
    return OK;
}

static const struct command_option holder_options[] = {
    {.name = "account",
     .value = "ID",
     .sentence = "the account; it holds the permission explicitly",
     .or_next = true},
    {.name = "group",
     .value = "GROUP",
     .sentence = "the group; its members hold the permission through it"},
    {0},
};

static enum error grant_exec(struct call *call)
{
    return change(call, true);
}

static enum error revoke_exec(struct call *call)
{
    return change(call, false);
}

const struct cli_command cli_permission_commands[] = {
    {
        .words = "permission list",
        .sentence = "Lists the catalogue and how many accounts and groups hold each permission.",
        .example = "gatehouse permission list",
        .options = list_options,
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "permission show",
        .arguments = "PERMISSION",
        .least = 1,
        .most = 1,
        .sentence = "Shows a permission and how many accounts and groups hold it.",
        .example = "gatehouse permission show agent_management",
        .store = CLI_READS,
        .exec = show_exec,
    },
    {
        .words = "permission create",
        .arguments = "ID",
        .least = 1,
        .most = 1,
        .sentence = "Adds a permission to the catalogue.",
        .example = "gatehouse permission create deploy:prod --name 'Deploy' --sentence 'Deploy to "
                   "production'",
        .options = text_options,
        .store = CLI_WRITES,
        .exec = create_exec,
    },
    {
        .words = "permission edit",
        .arguments = "PERMISSION",
        .least = 1,
        .most = 1,
        .sentence = "Changes the name or the sentence of a permission.",
        .example = "gatehouse permission edit deploy:prod --name 'Deploy to production'",
        .options = text_options,
        .store = CLI_WRITES,
        .exec = edit_exec,
    },
    {
        .words = "permission delete",
        .arguments = "PERMISSION",
        .least = 1,
        .most = 1,
        .sentence = "Deletes a permission from the catalogue; everyone who holds it loses it.",
        .example = "gatehouse permission delete deploy:prod --yes",
        .options = delete_options,
        .store = CLI_WRITES,
        .exec = delete_exec,
    },
    {
        .words = "permission grant",
        .arguments = "PERMISSION",
        .least = 1,
        .most = 1,
        .sentence = "Grants a permission to an account or a group.",
        .example = "gatehouse permission grant agent_management --group collectors",
        .options = holder_options,
        .store = CLI_WRITES,
        .exec = grant_exec,
    },
    {
        .words = "permission revoke",
        .arguments = "PERMISSION",
        .least = 1,
        .most = 1,
        .sentence = "Revokes a permission from an account or a group.",
        .example = "gatehouse permission revoke agent_management --account ci-legacy",
        .options = holder_options,
        .store = CLI_WRITES,
        .exec = revoke_exec,
    },
    {0},
};
