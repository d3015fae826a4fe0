#include "src/cli/commands.h"
#include "src/cli/print.h"
#include "src/cli/unlock.h"

#include <gatehouse/when.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static enum error status_exec(struct call *call)
{
    bool keeps;
    struct vault_slots *slots;
    enum error e = vault_keeps_tokens(call->act.store, &keeps);
    if (!e) e = vault_list_slots(call->act.store, &slots);
    if (e) return e;
    size_t count = slots->count;
    free(slots);
    if (call->json)
        return print_json(
            json_pack("{s:b, s:I}", "keeps_tokens", keeps, "slots", (json_int_t)count));
    char number[32];
    snprintf(number, sizeof number, "%zu", count);
    print_field("Tokens", keeps ? "kept sealed, for copying later" : "shown once, not kept");
    print_field("Key slots", number);
    return OK;
}

const struct command command_vault_status = {
    .words = "vault status",
    .sentence = "Says whether tokens are kept, and how many ways open the vault.",
    .example = "gatehouse vault status --json",
    .opens = true,
    .exec = status_exec,
};

static const struct column columns[] = {
    {.title = "SLOT"}, {.title = "KIND"}, {.title = "CREATED"}, {.title = "LABEL", .least = 8}, {0},
};

static enum error print_slots(const struct vault_slots *slots)
{
    struct table *table;
    enum error e = table_new(columns, &table);
    if (e) return e;
    for (size_t i = 0; i < slots->count && !e; i++) {
        const struct vault_slot *slot = &slots->items[i];
        char id[32], created[WHEN_SIZE];
        snprintf(id, sizeof id, "%" PRId64, slot->id);
        when_date(created, slot->created);
        const char *cells[] = {id, slot_kind_text(slot->kind), created, slot->label};
        e = table_add(table, cells);
    }
    table_end(table, e ? NULL : "No key slots: tokens are shown once");
    return e;
}

static enum error print_slots_json(const struct vault_slots *slots)
{
    struct json_list list = {0};
    enum error e = OK;
    for (size_t i = 0; i < slots->count && !e; i++) {
        const struct vault_slot *slot = &slots->items[i];
        e = json_list_add(&list,
                          json_pack("{s:I, s:s, s:o, s:o}", "slot", (json_int_t)slot->id, "kind",
                                    unlock_kind_word(slot->kind), "label", json_text(slot->label),
                                    "created", json_time(slot->created)));
    }
    json_list_end(&list);
    return e;
}

static enum error slots_exec(struct call *call)
{
    struct vault_slots *slots = NULL;
    enum error e = vault_list_slots(call->act.store, &slots);
    if (!e) e = call->json ? print_slots_json(slots) : print_slots(slots);
    free(slots);
    return e;
}

const struct command command_vault_slots = {
    .words = "vault slots",
    .sentence = "Lists what opens the vault.",
    .example = "gatehouse vault slots",
    .opens = true,
    .exec = slots_exec,
};
