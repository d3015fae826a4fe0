#include "src/cli/commands.h"
#include "src/cli/print.h"

#include <gatehouse/audit.h>
#include <gatehouse/audit_verify.h>
#include <inttypes.h>

struct verdict {
    int64_t checked, proven;
    const char *finding; /* NULL: none */
};

static enum error print_verdict_json(const struct verdict *verdict)
{
    bool bad = verdict->finding;
    return print_json(json_pack(
        "{s:b, s:I, s:o, s:o, s:o}", "sound", !bad, "checked", (json_int_t)verdict->checked,
        "proven", verdict->proven ? json_integer((json_int_t)verdict->proven) : json_null(),
        "event", bad ? json_integer((json_int_t)verdict->checked + 1) : json_null(), "finding",
        bad ? json_text(verdict->finding) : json_null()));
}

/* What cannot be known is said, too. */
static void print_verdict(const struct verdict *verdict, bool has_head)
{
    if (verdict->finding) print_line("Found: %s", verdict->finding);
    print_line("%" PRId64 " events hold together%s", verdict->checked,
               verdict->finding ? " before that" : "");
    if (verdict->proven)
        print_line("Event %" PRId64 " has the hash that was kept: it and all before it are "
                   "unchanged and present. Events after it could have been cut off or written "
                   "anew without a trace",
                   verdict->proven);
    else if (!has_head)
        print_line("Without a kept head, a log that was cut at its end or written anew as a whole "
                   "looks the same: keep what gatehouse audit head prints somewhere else, and "
                   "give it with --head");
}

static enum error verify_exec(struct call *call)
{
    uint8_t head[AUDIT_HASH_SIZE];
    const char *typed = call_value(call, "head");
    struct verdict verdict = {0};
    enum error e = typed ? audit_hash_parse(typed, head) : OK;
    if (e) return e;
    e = typed ? audit_verify_head(call->act.store, head, &verdict.checked, &verdict.proven)
              : audit_verify(call->act.store, &verdict.checked);
    if (e && e != ERR_CONFLICT) return e;
    if (e) {
        verdict.finding = error_message();
        call->status = EXIT_NO;
    }
    if (call->json) return print_verdict_json(&verdict);
    print_verdict(&verdict, typed);
    return OK;
}

static const struct command_option verify_options[] = {
    {.name = "head", .value = "HASH", .sentence = "what audit head printed, kept elsewhere"},
    {0},
};

const struct command command_audit_verify = {
    .words = "audit verify",
    .sentence = "Checks the chain of events and names the first that was changed, removed or put "
                "in; with --head also that nothing up to that head was cut or written anew.",
    .example = "gatehouse audit verify --head \"$(cat /media/usb/gatehouse-head)\"",
    .options = verify_options,
    .opens = true,
    .exec = verify_exec,
};

static enum error head_exec(struct call *call)
{
    int64_t sequence;
    uint8_t hash[AUDIT_HASH_SIZE];
    char text[AUDIT_HASH_TEXT];
    enum error e = audit_head(call->act.store, &sequence, hash);
    if (e) return e;
    if (!sequence) return fail(ERR_NOT_FOUND, "there is no event yet, and so no head to keep");
    audit_hash_text(hash, text);
    if (call->json)
        return print_json(json_pack("{s:I, s:s}", "event", (json_int_t)sequence, "hash", text));
    print_line("%s", text);
    return OK;
}

const struct command command_audit_head = {
    .words = "audit head",
    .sentence = "Prints the hash of the newest event, to be kept elsewhere for audit verify.",
    .example = "gatehouse audit head > /media/usb/gatehouse-head",
    .opens = true,
    .exec = head_exec,
};
