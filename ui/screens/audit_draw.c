/* How the audit log looks. */
#include "ui/kit/frame.h"
#include "ui/screens/audit_screen.h"

#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

enum {
    TIME_WIDTH = 10,
    KIND_WIDTH = 18, /* account.deactivate */
    WHO_FROM = 60,   /* the screen's width from which there is room for it */
    CHANGE_FROM = 100,
    ORIGIN_FROM = 120,
    RELATIVE_DAYS = 7, /* an older event is told by its date */
};

/* Where the columns stand and how wide they are; -1: no room for it. */
struct columns {
    int time, who, who_width, from, from_width, kind, kind_width, subject, subject_width;
    int change, change_width;
};

static struct columns place(int width)
{
    int gap = width >= 74 ? 2 : 1, extra = width > ORIGIN_FROM ? (width - ORIGIN_FROM) / 5 : 0;
    struct columns at = {.time = 3, .who = -1, .from = -1, .change = -1};
    int next = at.time + TIME_WIDTH + gap;
    if (width >= WHO_FROM) {
        at.who = next;
        at.who_width = width >= 74 ? 12 + extra : 10;
        next += at.who_width + gap;
    }
    if (width >= ORIGIN_FROM) {
        at.from = next;
        at.from_width = 14 + extra;
        next += at.from_width + gap;
    }
    at.kind = next;
    at.kind_width = width >= WHO_FROM ? KIND_WIDTH : (width - next - 1) / 2;
    at.subject = at.kind + at.kind_width + gap;
    at.subject_width = width - at.subject - 1;
    if (width < CHANGE_FROM) return at;
    at.subject_width = 24 + extra;
    at.change = at.subject + at.subject_width + gap;
    at.change_width = width - at.change - 1;
    return at;
}

static void time_text(char out[static WHEN_SIZE], int64_t at, int64_t now)
{
    if (now - at < (int64_t)RELATIVE_DAYS * DAY_SECONDS)
        when_relative(out, at, now);
    else
        when_date(out, at);
}

/* Underlines the filter's plain words in a cell that is drawn already. */
static void underline(const struct audit *audit, const struct canvas *rows, int row, int column,
                      int width, const char *text)
{
    struct audit_filter filter;
    char *rest = NULL;
    audit_filter_split(&filter, audit->table.filter.text);
    for (char *word = strtok_r(filter.text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        const char *found = strcasestr(text, word);
        if (found)
            table_underline(rows, row, column, width, text, (size_t)(found - text), strlen(word));
    }
}

static void draw_row(struct audit *audit, const struct canvas *rows, const struct columns *at,
                     size_t index)
{
    const struct audited *event = list_row(&audit->table.list, index);
    char time[WHEN_SIZE];
    int row = (int)index + 1;
    table_place_row(&audit->table, rows, index, 1, rows->columns);
    time_text(time, event->at, audit->table.now);
    draw_cell(rows, row, at->time, TIME_WIDTH, ROLE_MUTED, time);
    if (at->who >= 0) {
        draw_cell(rows, row, at->who, at->who_width, ROLE_TEXT, event->who);
        underline(audit, rows, row, at->who, at->who_width, event->who);
    }
    if (at->from >= 0) draw_cell(rows, row, at->from, at->from_width, ROLE_MUTED, event->from);
    draw_cell(rows, row, at->kind, at->kind_width, ROLE_TEXT, event->kind);
    underline(audit, rows, row, at->kind, at->kind_width, event->kind);
    draw_cell_middle(rows, row, at->subject, at->subject_width, ROLE_TEXT, event->subject);
    underline(audit, rows, row, at->subject, at->subject_width, event->subject);
    if (at->change >= 0)
        draw_cell(rows, row, at->change, at->change_width, ROLE_MUTED, event->change);
}

/* What the filter knows, until something is typed. */
static void draw_words(const struct table *table, const struct canvas *canvas, int row)
{
    if (table->filtering && !table->filter.size && !table_is_low(canvas))
        draw_text(canvas, row, 5, ROLE_MUTED,
                  "words · by:mara · a:ci-deploy · kind:token · since:7d · until:2026-01-31");
}

void audit_draw(struct app *app, struct screen *screen, const struct canvas *canvas)
{
    struct audit *audit = (struct audit *)screen;
    struct table *table = &audit->table;
    struct canvas body = frame_draw_bottom(app, screen, canvas);
    audit->source.title = audit->following ? "Audit · following" : "Audit";
    /* A low screen has no title. */
    bool beside = audit->following && table_is_low(canvas);
    int first = table_draw_top(table, canvas, beside ? " · following" : "");
    draw_words(table, canvas, first - 1);
    struct columns at = place(canvas->columns);
    struct canvas rows = canvas_part(&body, first, 0, body.rows - first, canvas->columns);
    table_draw_head(table, &rows, 0, at.time, TIME_WIDTH, "TIME", 0);
    table_draw_head(table, &rows, 0, at.who, at.who_width, "WHO", -1);
    table_draw_head(table, &rows, 0, at.from, at.from_width, "FROM", -1);
    table_draw_head(table, &rows, 0, at.kind, at.kind_width, "WHAT", -1);
    table_draw_head(table, &rows, 0, at.subject, at.subject_width, "SUBJECT", -1);
    table_draw_head(table, &rows, 0, at.change, at.change_width, "CHANGE", -1);
    for (size_t i = 0; i < table->list.count && (int)i + 1 < rows.rows; i++)
        draw_row(audit, &rows, &at, i);
    table_draw_bar(table, &rows);
    if (!table->list.count) table_draw_empty(table, &rows, 2);
}
