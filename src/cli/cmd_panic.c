#include "src/cli/cmd_group.h"
#include "src/cli/print.h"

#include <gatehouse/account_list.h>
#include <gatehouse/bulk.h>
#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static enum error print_suspended(const struct call *call, const struct bulk_result *result)
{
    char tokens[TEXT_COUNT_SIZE];
    size_t count = result->changed.count;
    if (call->json)
        return print_json(json_pack("{s:I, s:b, s:I, s:I}", "tokens", (json_int_t)count,
                                    "suspended", 1, "left", (json_int_t)result->left, "event",
                                    (json_int_t)result->event));
    if (count)
        print_line("Suspended %s; gatehouse panic --undo %" PRId64 " resumes %s",
                   text_count(tokens, (int64_t)count, "token"), result->event,
                   count == 1 ? "it" : "them");
    else
        print_line("There is no token to suspend");
    return OK;
}

static enum error print_resumed(const struct call *call, const struct revert_result *result)
{
    char tokens[TEXT_COUNT_SIZE];
    if (call->json) {
        json_t *reasons = json_array();
        for (size_t i = 0; i < result->left; i++)
            json_array_append_new(reasons, json_string(result->reasons[i]));
        return print_json(json_pack("{s:I, s:b, s:I, s:o, s:I}", "tokens",
                                    (json_int_t)result->changed, "suspended", 0, "left",
                                    (json_int_t)result->left, "reasons", reasons, "event",
                                    (json_int_t)result->events.last));
    }
    print_line("Resumed %s; %s left as %s", text_count(tokens, (int64_t)result->changed, "token"),
               number_text((int64_t)result->left).text, result->left == 1 ? "it is" : "they are");
    for (size_t i = 0; i < result->left; i++)
        print_line("  %s", result->reasons[i]);
    return OK;
}

static enum error undo(const struct call *call, const char *event)
{
    struct revert_result result;
    char *end;
    int64_t sequence = strtoll(event, &end, 10);
    if (*end || sequence <= 0)
        return fail(ERR_USAGE, "“%s” is not the number of an event: panic prints it", event);
    enum error e = bulk_undo_suspend(&call->act, sequence, &result);
    if (!e) e = print_resumed(call, &result);
    revert_result_free(&result);
    return e;
}

static enum error ask_yes(const struct call *call, const struct id_set *accounts)
{
    struct bulk_impact impact;
    char used[WHEN_SIZE + 80], waiting[TEXT_COUNT_SIZE + 40] = "";
    char tokens[TEXT_COUNT_SIZE], owners[TEXT_COUNT_SIZE];
    enum error e = bulk_get_impact(call->act.store, call->act.now, accounts, NULL, &impact);
    int64_t count = impact.working + impact.waiting;
    if (e || !count) return e;
    impact_used_text(impact.last_used, impact.last_from, call->act.now, used, sizeof used);
    if (impact.waiting)
        snprintf(waiting, sizeof waiting, " (%s of %s)", number_text(impact.waiting).text,
                 impact.waiting == 1 ? "an inactive account" : "inactive accounts");
    return call_ask_yes(call, "this would suspend %s of %s%s, %s",
                        text_count(tokens, count, impact.waiting ? "token" : "working token"),
                        text_count(owners, (int64_t)impact.accounts, "account"), waiting, used);
}

static enum error suspend(const struct call *call, const struct id_set *accounts,
                          const char *reason)
{
    struct bulk_result result = {0};
    const struct bulk bulk = {.kind = BULK_SUSPEND, .reason = reason};
    enum error e = ask_yes(call, accounts);
    if (!e) e = bulk_run(&call->act, &bulk, accounts, NULL, &result);
    if (!e) e = print_suspended(call, &result);
    id_set_free(&result.changed);
    return e;
}

static enum error find_members(const struct call *call, const char *name, struct id_set *out,
                               char *reason, size_t size)
{
    struct group group;
    enum error e = cli_group_load(call, name, &group);
    if (e) return e;
    snprintf(reason, size, "panic: group %s", group.name);
    return account_numbers(call->act.store,
                           &(struct account_query){.filter = "", .group = group.number}, out);
}

static enum error panic_exec(struct call *call)
{
    const char *name = call_value(call, "group"), *owner = call_value(call, "owner");
    const char *event = call_value(call, "undo");
    struct id_set accounts = {0};
    char reason[700];
    if (!name + !owner + !event != 2)
        return fail(ERR_USAGE, "give one of --group GROUP, --owner OWNER, --undo EVENT");
    if (event) return undo(call, event);
    snprintf(reason, sizeof reason, "panic: owner %s", owner ? owner : "");
    enum error e = name ? find_members(call, name, &accounts, reason, sizeof reason)
                        : account_numbers_of_owner(call->act.store, owner, &accounts);
    if (!e) e = suspend(call, &accounts, reason);
    id_set_free(&accounts);
    return e;
}

static const struct command_option panic_options[] = {
    {.name = "group", .value = "GROUP", .sentence = "all members of this group", .or_next = true},
    {.name = "owner", .value = "OWNER", .sentence = "all accounts of this owner", .or_next = true},
    {.name = "undo",
     .value = "EVENT",
     .sentence = "resume what this event suspended, except what others have changed since"},
    {.name = "yes", .sentence = "do it; otherwise only report what would stop"},
    {0},
};

const struct cli_command cli_panic_commands[] = {
    {
        .words = "panic",
        .sentence = "Suspends every token of a group or of an owner, except canaries.",
        .example = "gatehouse panic --group collectors --yes",
        .options = panic_options,
        .store = CLI_WRITES,
        .exec = panic_exec,
    },
    {0},
};
