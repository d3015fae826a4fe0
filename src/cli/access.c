#include "src/cli/access.h"

#include "src/cli/print.h"

#include <gatehouse/account_list.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

struct report {
    const struct call *call;
    struct table *table; /* NULL: CSV or JSON */
    struct json_list list;
};

static const char *owner_cell(struct cell *cell)
{
    const struct access_row *row = cell->row;
    return row->owner;
}

static const char *account_cell(struct cell *cell)
{
    const struct access_row *row = cell->row;
    account_id_text(cell->text, row->account);
    return cell->text;
}

static const char *status_cell(struct cell *cell)
{
    const struct access_row *row = cell->row;
    return row->active ? "active" : "inactive";
}

static const char *permission_cell(struct cell *cell)
{
    const struct access_row *row = cell->row;
    return row->permission;
}

static const char *through_cell(struct cell *cell)
{
    const struct access_row *row = cell->row;
    return row->group ? row->group : "explicit";
}

static const struct column columns[] = {
    {.title = "OWNER", .text = owner_cell, .least = 8},
    {.title = "ACCOUNT ID", .text = account_cell, .least = 12, .middle = true},
    {.title = "STATUS", .text = status_cell},
    {.title = "PERMISSION", .text = permission_cell, .least = 12},
    {.title = "THROUGH", .text = through_cell, .least = 8},
    {0},
};

/* Quotes a field where CSV needs it; what a terminal must not receive is made visible. A
 * spreadsheet takes what begins with one of these characters for a formula, which an apostrophe
 * prevents. */
static void print_csv(const char *text, char end)
{
    char visible[ACCOUNT_OWNER_MAX * 8 + 64];
    text_visible(visible, sizeof visible, text, SIZE_MAX);
    text_hide_tokens(visible);
    bool formula = *text && strchr("=+-@\t\r", *text);
    bool quoted = strpbrk(visible, ",\"\r\n") != NULL;
    if (quoted) putchar('"');
    if (formula) putchar('\'');
    for (const char *at = visible; *at; at++) {
        if (*at == '"') putchar('"');
        putchar(*at);
    }
    if (quoted) putchar('"');
    putchar(end);
}

static enum error print_row(const struct access_row *row, void *arg)
{
    struct report *report = arg;
    char id[ACCOUNT_ID_SIZE];
    const char *status = row->active ? "active" : "inactive";
    account_id_text(id, row->account);
    if (report->call->json)
        return json_list_add(&report->list,
                             json_pack("{s:o, s:s, s:b, s:o, s:b, s:o}", "owner",
                                       json_text(row->owner), "account", id, "active", row->active,
                                       "permission", json_text(row->permission), "explicit",
                                       row->group == NULL, "group",
                                       row->group ? json_text(row->group) : json_null()));
    if (report->table) return table_add(report->table, row);
    print_csv(row->owner, ',');
    print_csv(id, ',');
    print_csv(status, ',');
    print_csv(row->permission, ',');
    print_csv(row->group ? "group" : "explicit", ',');
    print_csv(row->group ? row->group : "", '\n');
    return OK;
}

enum error cli_print_access(const struct call *call, const struct account_query *query)
{
    struct report report = {.call = call};
    bool csv = call_has(call, "csv");
    enum error e = OK;
    if (csv) puts("owner,account,status,permission,through,group");
    if (!csv && !call->json) e = table_new(columns, call->act.now, &report.table);
    if (!e) e = access_read(call->act.store, query, print_row, &report);
    if (report.table) table_end(report.table, e ? NULL : "No account holds a permission");
    if (call->json && !e) json_list_end(&report.list);
    return e;
}
