/* How the list of accounts looks. */
#include "ui/kit/frame.h"
#include "ui/screens/accounts_screen.h"

#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum { USED_WIDTH = 12, OWNER_WIDTH = 18, CREATED_WIDTH = 11 };

/* Where the columns stand; -1: no room for it. */
struct columns {
    int bar, mark, id, id_width, menu, status, status_width, tokens, tokens_width, flag;
    int used, owner, created, description, description_width;
};

static void place_wide(struct columns *at, int width)
{
    int extra = width - 80;
    bool owner = width >= 112, created = width >= 132;
    at->bar = 1, at->mark = 3, at->id = 5;
    at->id_width = 22 + (extra > 0 ? extra / 4 : extra);
    at->menu = at->id + at->id_width;
    at->status = at->menu + 2, at->status_width = 11;
    at->tokens = at->status + 12, at->tokens_width = 6;
    at->flag = at->tokens + 6;
    at->used = at->flag + 2;
    int next = at->used + USED_WIDTH + 1;
    at->owner = owner ? next : -1;
    if (owner) next += OWNER_WIDTH + 1;
    at->created = created ? next : -1;
    if (created) next += CREATED_WIDTH + 1;
    at->description = next;
    at->description_width = width - next - 1;
}

/* Drops description, last use, ⋮, tokens, then the word of the status; the last column is the
 * scroll bar's. */
static void place_narrow(struct columns *at, int width)
{
    int right = width - 1;
    at->bar = 0, at->mark = 2, at->id = 3;
    if (width >= 60) {
        right -= USED_WIDTH + 1;
        at->used = right + 1;
    }
    if (width >= 36) {
        at->tokens_width = width >= 50 ? 6 : 3;
        right -= at->tokens_width;
        at->tokens = right;
    }
    at->status_width = width >= 30 ? 10 : 1;
    right -= at->status_width + 1;
    at->status = right;
    if (width >= 50) at->menu = right -= 2;
    at->id_width = right - at->id - 1;
}

static struct columns place(int width)
{
    struct columns at = {0};
    at.menu = at.tokens = at.flag = at.used = at.owner = at.created = at.description = -1;
    if (width >= 74)
        place_wide(&at, width);
    else
        place_narrow(&at, width);
    return at;
}

static void draw_heads(const struct accounts *accounts, const struct canvas *canvas, int row,
                       const struct columns *at)
{
    const struct table *table = &accounts->table;
    table_draw_head(table, canvas, row, at->id, at->id_width, "ACCOUNT ID", ACCOUNT_BY_ID);
    table_draw_head(table, canvas, row, at->status_width > 1 ? at->status : -1, at->status_width,
                    "STATUS", ACCOUNT_BY_STATUS);
    table_draw_head(table, canvas, row, at->tokens, at->tokens_width,
                    at->tokens_width < 6 ? "TOK" : "TOKENS", ACCOUNT_BY_TOKENS);
    table_draw_head(table, canvas, row, at->used, USED_WIDTH, "LAST USED", ACCOUNT_BY_LAST_USED);
    table_draw_head(table, canvas, row, at->owner, OWNER_WIDTH, "OWNER", -1);
    table_draw_head(table, canvas, row, at->created, CREATED_WIDTH, "CREATED", ACCOUNT_BY_CREATED);
    table_draw_head(table, canvas, row, at->description, at->description_width, "DESCRIPTION", -1);
}

struct match {
    const struct canvas *canvas;
    int row, column, width;
    const char *id;
};

static void underline(void *arg, size_t start, size_t length)
{
    const struct match *match = arg;
    table_underline(match->canvas, match->row, match->column, match->width, match->id,
                    start + strlen("sa::"), length);
}

static void draw_id(const struct accounts *accounts, const struct canvas *canvas, int row,
                    const struct columns *at, const struct account_row *account)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, account->name);
    draw_cell_middle(canvas, row, at->id, at->id_width, ROLE_TEXT, id);
    struct match match = {canvas, row, at->id, at->id_width, id};
    account_filter_matches(accounts->table.filter.text, account->name, underline, &match);
}

static void draw_status(const struct canvas *canvas, int row, const struct columns *at,
                        const struct account_row *account)
{
    enum role role = account->active ? ROLE_GOOD : ROLE_MUTED;
    draw_glyph(canvas, row, at->status, role, account->active ? GLYPH_ACTIVE : GLYPH_INACTIVE);
    if (at->status_width > 1)
        draw_text(canvas, row, at->status + 1, role, account->active ? " active" : " inactive");
}

static void draw_tokens(const struct canvas *canvas, int row, const struct columns *at,
                        const struct account_row *account)
{
    char text[32];
    if (at->tokens < 0) return;
    bool inside = account->ending && at->flag < 0;
    snprintf(text, sizeof text, "%lld%s", (long long)account->tokens, inside ? "!" : "");
    draw_cell_right(canvas, row, at->tokens, at->tokens_width, inside ? ROLE_WARN : ROLE_MUTED,
                    text);
    if (account->ending && !inside) draw_text(canvas, row, at->flag, ROLE_WARN, "!");
}

/* Blanks have the colour of what stands around them: each change of it costs bytes in every row. */
static void draw_gaps(const struct canvas *canvas, int row, const struct columns *at)
{
    int end = at->used >= 0 ? at->used + USED_WIDTH : at->tokens + at->tokens_width;
    draw_cell(canvas, row, at->status, end - at->status, ROLE_MUTED, "");
}

static void draw_row(struct accounts *accounts, const struct canvas *canvas,
                     const struct columns *at, size_t index)
{
    int row = (int)index + 1;
    const struct listed *listed = list_row(&accounts->table.list, index);
    const struct account_row *account = &listed->row;
    char used[WHEN_SIZE], created[WHEN_SIZE];
    int menu = at->menu >= 0 ? at->menu : at->id + at->id_width - 1;
    table_place_row(&accounts->table, canvas, index, at->bar, menu);
    if (table_is_marked(&accounts->table, listed))
        draw_glyph(canvas, row, at->mark, ROLE_MARKED, GLYPH_MARK);
    draw_id(accounts, canvas, row, at, account);
    if (at->menu >= 0) draw_glyph(canvas, row, at->menu, ROLE_TEXT, GLYPH_MENU);
    draw_gaps(canvas, row, at);
    draw_status(canvas, row, at, account);
    draw_tokens(canvas, row, at, account);
    when_relative(used, account->last_used, accounts->table.now);
    when_date(created, account->created);
    if (at->used >= 0) draw_cell(canvas, row, at->used, USED_WIDTH, ROLE_MUTED, used);
    if (at->owner >= 0) draw_cell(canvas, row, at->owner, OWNER_WIDTH, ROLE_MUTED, account->owner);
    if (at->created >= 0) draw_cell(canvas, row, at->created, CREATED_WIDTH, ROLE_MUTED, created);
    if (at->description >= 0)
        draw_cell(canvas, row, at->description, at->description_width, ROLE_TEXT,
                  account->description);
}

void accounts_draw(struct app *app, struct screen *screen, const struct canvas *canvas)
{
    struct accounts *accounts = (struct accounts *)screen;
    struct canvas body = frame_draw_bottom(app, screen, canvas);
    int first = table_draw_top(&accounts->table, canvas, "");
    accounts->wide = canvas->columns >= SIDE_FROM;
    int width = canvas->columns - (accounts->wide ? SIDE_COLUMNS : 0);
    struct columns at = place(width);
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, width);
    draw_heads(accounts, &rows, 0, &at);
    for (size_t i = 0; i < accounts->table.list.count && (int)i + 1 < rows.rows; i++)
        draw_row(accounts, &rows, &at, i);
    table_draw_bar(&accounts->table, &rows);
    if (!accounts->table.list.count) table_draw_empty(&accounts->table, &rows, 2);
    if (!accounts->wide) return;
    struct canvas side = canvas_part(&body, first, width, body.rows - first, SIDE_COLUMNS);
    accounts_draw_side(accounts, &side);
}
