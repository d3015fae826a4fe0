#include "src/cli/transfer.h"

#include <stdio.h>

static void print_section(const struct transfer_report *report, enum transfer_section section,
                          const char *title)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct transfer_line *line = &report->lines[i];
        if (line->section != section) continue;
        if (title) puts(title);
        title = NULL;
        const char *gap = line->detail[0] ? ": " : "";
        if (section == TRANSFER_HEAD || section == TRANSFER_ITEM)
            print_line("  %-6s  %-10s  %s%s%s", transfer_action_text(line->action),
                       transfer_noun_text(line->noun), line->subject, gap, line->detail);
        else
            print_line("  %s%s%s", line->subject, gap, line->detail);
    }
}

static void print_counts(const struct transfer_report *report, bool done)
{
    static const char *const plurals[] = {"permissions", "groups", "accounts", "tokens"};
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        print_line("%-12s %zu %s, %zu changed, %zu deleted, %zu unchanged", plurals[noun],
                   counts[TRANSFER_CREATE], done ? "created" : "to create", counts[TRANSFER_CHANGE],
                   counts[TRANSFER_DELETE], counts[TRANSFER_UNCHANGED]);
    }
}

void transfer_print(const struct transfer_report *report, bool done)
{
    print_section(report, TRANSFER_HEAD, "Groups that are here already:");
    print_section(report, TRANSFER_ITEM, "Changes:");
    print_section(report, TRANSFER_WIDER, "Tokens that become live or may do more:");
    print_section(report, TRANSFER_NOTE, "Notes:");
    print_section(report, TRANSFER_REFUSED, "Refused:");
    print_counts(report, done);
    if (report->refused) print_line("%zu refused, see above", report->refused);
    if (!done && report->changed) puts("Nothing was changed yet");
}

static json_t *line_json(const struct transfer_line *line)
{
    switch (line->section) {
    case TRANSFER_REFUSED:
        return json_pack("{s:o, s:o}", "place", json_text(line->subject), "reason",
                         json_text(line->detail));
    case TRANSFER_WIDER:
        return json_pack("{s:o, s:I, s:o}", "token", json_text(line->subject), "number",
                         (json_int_t)line->token, "why", json_text(line->detail));
    case TRANSFER_NOTE:
        return json_pack("{s:o, s:o}", "about", json_text(line->subject), "note",
                         json_text(line->detail));
    default:
        return json_pack("{s:s, s:s, s:o, s:o}", "action", transfer_action_text(line->action),
                         "kind", transfer_noun_text(line->noun), "name", json_text(line->subject),
                         "detail", json_text(line->detail));
    }
}

static json_t *section_json(const struct transfer_report *report, enum transfer_section section)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].section == section)
            json_array_append_new(list, line_json(&report->lines[i]));
    return list;
}

static json_t *counts_json(const struct transfer_report *report)
{
    json_t *object = json_object();
    for (int noun = 0; noun < TRANSFER_NOUNS; noun++) {
        const size_t *counts = report->counts[noun];
        json_t *one = json_object();
        for (int action = 0; action < TRANSFER_ACTIONS; action++)
            json_object_set_new(one, transfer_action_text((enum transfer_action)action),
                                json_integer((json_int_t)counts[action]));
        json_object_set_new(object, transfer_noun_text((enum transfer_noun)noun), one);
    }
    return object;
}

enum error transfer_print_json(const struct transfer_report *report, bool done)
{
    return print_json(json_pack(
        "{s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "done", done, "groups",
        section_json(report, TRANSFER_HEAD), "changes", section_json(report, TRANSFER_ITEM),
        "wider", section_json(report, TRANSFER_WIDER), "notes", section_json(report, TRANSFER_NOTE),
        "refused", section_json(report, TRANSFER_REFUSED), "counts", counts_json(report)));
}
