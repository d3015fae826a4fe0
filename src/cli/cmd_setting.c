#include "src/cli/command.h"
#include "src/cli/print.h"
#include "src/cli/sort.h"

#include <gatehouse/setting.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

struct listed {
    enum setting setting;
    struct setting_value value;
};

/* A number, or the text or word. */
static json_t *value_json(enum setting setting, const struct setting_value *value)
{
    const struct setting_entry *entry = &setting_table[setting];
    if (entry->is_text) return json_string(value->text);
    if (entry->words) return json_string(entry->words[value->number]);
    return json_integer(value->number);
}

static struct setting_value default_of(enum setting setting)
{
    return (struct setting_value){.number = setting_table[setting].value};
}

static json_t *setting_json(const struct listed *listed)
{
    const struct setting_entry *entry = &setting_table[listed->setting];
    const struct setting_value usual = default_of(listed->setting);
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:s}", "name", entry->name, "value",
                     value_json(listed->setting, &listed->value), "default",
                     value_json(listed->setting, &usual), "least", (json_int_t)entry->least, "most",
                     (json_int_t)entry->most, "unit", text_or_null(entry->unit), "zero",
                     text_or_null(entry->zero), "sentence", entry->sentence);
}

static const char *name_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return setting_table[row->setting].name;
}

static const char *value_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    setting_text(row->setting, &row->value, cell->text);
    return cell->text;
}

static const char *default_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    const struct setting_value usual = default_of(row->setting);
    setting_text(row->setting, &usual, cell->text);
    return cell->text;
}

static const char *sentence_cell(struct cell *cell)
{
    const struct listed *row = cell->row;
    return setting_table[row->setting].sentence;
}

static const struct column columns[] = {
    {.title = "SETTING", .text = name_cell},
    {.title = "VALUE", .text = value_cell},
    {.title = "DEFAULT", .text = default_cell},
    {.title = "WHAT IT DECIDES", .text = sentence_cell, .least = 20},
    {0},
};

static int by_name(const void *a, const void *b)
{
    return strcmp(setting_table[*(const enum setting *)a].name,
                  setting_table[*(const enum setting *)b].name);
}

static enum error list_exec(struct call *call)
{
    struct table *table = NULL;
    struct json_list list = {0};
    static const char *const words[] = {"name", NULL};
    int sort = -1;
    bool descending = false;
    enum setting order[SETTING_COUNT];
    enum error e = sort_read(call, words, &sort, &descending);
    for (int i = 0; i < SETTING_COUNT; i++)
        order[i] = (enum setting)i;
    if (sort == 0) qsort(order, SETTING_COUNT, sizeof *order, by_name);
    if (!e && !call->json) e = table_new(columns, call->act.now, &table);
    for (int i = 0; i < SETTING_COUNT && !e; i++) {
        struct listed listed = {.setting = order[descending ? SETTING_COUNT - 1 - i : i]};
        e = setting_read(call->act.store, listed.setting, &listed.value);
        if (!e) e = table ? table_add(table, &listed) : json_list_add(&list, setting_json(&listed));
    }
    if (table) table_end(table, NULL);
    if (!table && !e) json_list_end(&list);
    return e;
}

static const struct command_option list_options[] = {SORT_OPTIONS("name"), {0}};

static enum error get_exec(struct call *call)
{
    struct listed listed;
    enum error e = setting_find(call->argv[0], &listed.setting);
    if (!e) e = setting_read(call->act.store, listed.setting, &listed.value);
    if (e) return e;
    if (call->json) return print_json(setting_json(&listed));
    const struct setting_entry *entry = &setting_table[listed.setting];
    if (entry->is_text)
        print_line("%s", listed.value.text);
    else if (entry->words)
        print_line("%s", entry->words[listed.value.number]);
    else
        print_line("%" PRId64, listed.value.number);
    return OK;
}

static enum error set_exec(struct call *call)
{
    struct listed listed;
    char text[SETTING_TEXT_SIZE];
    enum error e = setting_find(call->argv[0], &listed.setting);
    if (!e) e = setting_parse(listed.setting, call->argv[1], &listed.value);
    if (!e) e = setting_write(&call->act, listed.setting, &listed.value);
    if (e) return e;
    if (call->json) return print_json(setting_json(&listed));
    setting_text(listed.setting, &listed.value, text);
    print_line("%s is %s", setting_table[listed.setting].name, text);
    return OK;
}

const struct cli_command cli_setting_commands[] = {
    {
        .words = "setting list",
        .sentence = "Lists the settings, their values and what they decide.",
        .example = "gatehouse setting list",
        .options = list_options,
        .store = CLI_READS,
        .exec = list_exec,
    },
    {
        .words = "setting get",
        .arguments = "NAME",
        .least = 1,
        .most = 1,
        .sentence = "Prints the value of a setting: a number, a word or a name.",
        .example = "gatehouse setting get token.limit",
        .store = CLI_READS,
        .exec = get_exec,
    },
    {
        .words = "setting set",
        .arguments = "NAME VALUE",
        .least = 2,
        .most = 2,
        .sentence = "Changes a setting, for everyone who uses this database.",
        .example = "gatehouse setting set token.expiry.longest 365",
        .store = CLI_WRITES,
        .exec = set_exec,
    },
    {0},
};
