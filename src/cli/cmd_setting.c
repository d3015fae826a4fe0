#include "src/cli/command.h"
#include "src/cli/print.h"

#include <gatehouse/setting.h>
#include <inttypes.h>

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *setting_json(enum setting setting, int64_t value)
{
    const struct setting_entry *entry = &setting_table[setting];
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:s}", "name", entry->name, "value",
                     (json_int_t)value, "default", (json_int_t)entry->value, "least",
                     (json_int_t)entry->least, "most", (json_int_t)entry->most, "unit",
                     text_or_null(entry->unit), "zero", text_or_null(entry->zero), "sentence",
                     entry->sentence);
}

static const struct column columns[] = {
    {.title = "SETTING"},
    {.title = "VALUE"},
    {.title = "DEFAULT"},
    {.title = "WHAT IT DECIDES", .least = 20},
    {0},
};

static enum error add_row(struct table *table, enum setting setting, int64_t value)
{
    char present[SETTING_TEXT_SIZE], usual[SETTING_TEXT_SIZE];
    setting_text(setting, value, present);
    setting_text(setting, setting_table[setting].value, usual);
    const char *cells[] = {setting_table[setting].name, present, usual,
                           setting_table[setting].sentence};
    return table_add(table, cells);
}

static enum error list_exec(struct call *call)
{
    struct table *table = NULL;
    struct json_list list = {0};
    enum error e = call->json ? OK : table_new(columns, &table);
    for (int i = 0; i < SETTING_COUNT && !e; i++) {
        int64_t value;
        e = setting_get(call->act.store, (enum setting)i, &value);
        if (!e)
            e = table ? add_row(table, (enum setting)i, value)
                      : json_list_add(&list, setting_json((enum setting)i, value));
    }
    if (table) table_end(table, NULL);
    if (!table && !e) json_list_end(&list);
    return e;
}

static enum error get_exec(struct call *call)
{
    enum setting setting;
    int64_t value;
    enum error e = setting_find(call->argv[0], &setting);
    if (!e) e = setting_get(call->act.store, setting, &value);
    if (e) return e;
    if (call->json) return print_json(setting_json(setting, value));
    print_line("%" PRId64, value);
    return OK;
}

static enum error set_exec(struct call *call)
{
    enum setting setting;
    int64_t value;
    char text[SETTING_TEXT_SIZE];
    enum error e = setting_find(call->argv[0], &setting);
    if (!e) e = setting_parse(setting, call->argv[1], &value);
    if (!e) e = setting_set(&call->act, setting, value);
    if (e) return e;
    if (call->json) return print_json(setting_json(setting, value));
    setting_text(setting, value, text);
    print_line("%s is %s", setting_table[setting].name, text);
    return OK;
}

const struct cli_command setting_commands[] = {
    {
        .words = "setting list",
        .sentence = "Lists limits and policies, and what they are.",
        .example = "gatehouse setting list",
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "setting get",
        .arguments = "NAME",
        .least = 1,
        .most = 1,
        .sentence = "Prints the number of a setting.",
        .example = "gatehouse setting get token.limit",
        .store = CLI_READS,
        .exec = get_exec,
    },
    {
        .words = "setting set",
        .arguments = "NAME VALUE",
        .least = 2,
        .most = 2,
        .sentence = "Changes a setting, for everybody who uses this database.",
        .example = "gatehouse setting set token.expiry.longest 365",
        .store = CLI_WRITES,
        .exec = set_exec,
    },
    {0},
};
