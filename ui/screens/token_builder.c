#include "ui/screens/token_builder.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNTIL_MAX = 32, NETWORKS_MAX = 400 };

/* What is offered as an expiry; the last one stands for any other. */
static const struct {
    const char *text;
    int64_t days; /* 0: never */
} expiries[] = {{"never", 0}, {"7d", 7}, {"30d", 30}, {"90d", 90}, {"365d", 365}, {"other", -1}};
enum { EXPIRIES = sizeof expiries / sizeof *expiries, OTHER = EXPIRIES - 1 };

static enum error choose_default(struct token_builder *builder, struct store *store)
{
    int64_t days;
    char text[UNTIL_MAX];
    enum error e = token_default_days(store, &days);
    if (e) return e;
    builder->choice = OTHER;
    for (size_t i = 0; i < OTHER; i++)
        if (expiries[i].days == days) builder->choice = i;
    snprintf(text, sizeof text, "%lldd", (long long)days);
    if (builder->choice == OTHER) field_propose(&builder->until, text);
    return OK;
}

enum error token_builder_init(struct token_builder *builder, struct store *store)
{
    *builder = (struct token_builder){.expires = WHEN_NEVER};
    enum error e = field_init(&builder->name, TOKEN_NAME_MAX, false);
    if (!e) e = field_init(&builder->until, UNTIL_MAX, false);
    if (!e) e = field_init(&builder->from, NETWORKS_MAX, false);
    if (!e) e = choose_default(builder, store);
    if (e) token_builder_free(builder);
    return e;
}

void token_builder_free(struct token_builder *builder)
{
    field_free(&builder->name);
    field_free(&builder->until);
    field_free(&builder->from);
    free(builder->offered);
    id_set_free(&builder->held);
    id_set_free(&builder->only);
    token_limits_free(&builder->limits);
    *builder = (struct token_builder){0};
}

/* The permission under the cursor; NULL if there is none. */
static const struct permission *here(const struct token_builder *builder)
{
    bool any = builder->offered && builder->grid.at < builder->offered->count;
    return any ? &builder->offered->items[builder->grid.at] : NULL;
}

enum error token_builder_offer(struct token_builder *builder, const struct permissions *catalogue,
                               const struct permission_sources *sources)
{
    enum error e = OK;
    struct permissions *offered =
        malloc(sizeof *offered + catalogue->count * sizeof *offered->items);
    if (!offered) return fail_memory();
    offered->count = 0;
    id_set_free(&builder->held);
    for (size_t i = 0; i < sources->count && !e; i++)
        e = id_set_add(&builder->held, sources->items[i].permission);
    builder->grid.at = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        int64_t number = catalogue->items[i].number;
        if (!id_set_has(&builder->held, number) && !id_set_has(&builder->only, number)) continue;
        if (number == builder->at) builder->grid.at = offered->count;
        offered->items[offered->count++] = catalogue->items[i];
    }
    free(builder->offered);
    builder->offered = offered;
    return e;
}

/* What was chosen or typed as expiry. */
static enum error parse_expiry(struct token_builder *builder, const struct act *act)
{
    bool other = builder->choice == OTHER;
    const char *typed = other ? builder->until.text : expiries[builder->choice].text;
    builder->now = act->now;
    if (!*typed) return fail(ERR_INVALID, "type when it expires: 12h, 45d, or a day: 2027-01-31");
    enum error e = when_parse_expiry(typed, act->now, &builder->expires);
    return e ? e : token_check_expiry(act, act->now, builder->expires);
}

/* Errors of what was typed are its state; others are the caller's. */
static enum error keep_error(enum error e, char reason[static ERROR_MESSAGE_MAX])
{
    snprintf(reason, ERROR_MESSAGE_MAX, "%s", e == ERR_INVALID ? error_message() : "");
    return e == ERR_INVALID ? OK : e;
}

enum error token_builder_check(struct token_builder *builder, const struct act *act)
{
    enum error e = keep_error(parse_expiry(builder, act), builder->no_expiry);
    token_limits_free(&builder->limits);
    if (e) return e;
    return keep_error(token_limits_parse(act->store, NULL, builder->from.text, &builder->limits),
                      builder->no_network);
}

bool token_builder_has(const struct token_builder *builder, enum builder_part part)
{
    if (part == BUILDER_UNTIL) return builder->choice == OTHER;
    return part != BUILDER_ONLY || here(builder);
}

struct field *token_builder_field(struct token_builder *builder, enum builder_part part)
{
    return part == BUILDER_NAME    ? &builder->name
           : part == BUILDER_UNTIL ? &builder->until
           : part == BUILDER_FROM  ? &builder->from
                                   : NULL;
}

enum context token_builder_context(enum builder_part part)
{
    return part == BUILDER_EXPIRES ? CONTEXT_EXPIRY
           : part == BUILDER_ONLY  ? CONTEXT_ONLY
                                   : CONTEXT_NONE;
}

enum error token_builder_tick(struct token_builder *builder)
{
    if (!here(builder)) return OK;
    int64_t number = here(builder)->number;
    builder->at = number;
    if (!id_set_has(&builder->only, number)) return id_set_add(&builder->only, number);
    id_set_remove(&builder->only, number);
    return OK;
}

bool token_builder_is_ticked(const struct token_builder *builder)
{
    return here(builder) && id_set_has(&builder->only, here(builder)->number);
}

int token_builder_move(struct token_builder *builder, enum builder_part part, enum command command)
{
    if (part == BUILDER_ONLY) {
        int effects = grid_move(&builder->grid, builder->offered, command);
        builder->at = here(builder)->number;
        return effects;
    }
    if (part != BUILDER_EXPIRES) return EFFECT_NONE;
    size_t by = command == COMMAND_EXPIRY_NEXT ? 1 : EXPIRIES - 1;
    builder->choice = (builder->choice + by) % EXPIRIES;
    return EFFECT_DRAW;
}

static void draw_mark(const struct canvas *canvas, int row, int column, const char *why_not)
{
    draw_glyph(canvas, row, column, *why_not ? ROLE_BAD : ROLE_GOOD,
               *why_not ? GLYPH_DEAD : GLYPH_MARK);
}

/* "[30d]" is the one that is chosen. */
static int draw_choice(const struct token_builder *builder, const struct canvas *canvas, int row,
                       int column, size_t index, bool focused)
{
    char text[32];
    bool chosen = builder->choice == index;
    snprintf(text, sizeof text, "%c%s%s%c", chosen ? '[' : ' ', expiries[index].text,
             index == OTHER ? text_glyph(GLYPH_ELLIPSIS) : "", chosen ? ']' : ' ');
    int columns = (int)text_width(text);
    struct canvas spot = canvas_part(canvas, row, column, 1, columns);
    spot.lit = focused && chosen;
    draw_cell(&spot, 0, 0, columns, chosen ? ROLE_ACCENT : ROLE_MUTED, text);
    if (spot.lit) draw_cursor(&spot, 0, 1, false);
    return columns;
}

/* The choices, and the date that results. */
static int draw_expiry(const struct token_builder *builder, const struct canvas *canvas, int top,
                       int left, bool focused)
{
    enum { DATE = 10 };
    int row = top, column = left;
    for (size_t i = 0; i < EXPIRIES; i++) {
        int least = (int)strlen(expiries[i].text) + (i == OTHER ? 3 : 2);
        if (column > left && column + least > canvas->columns) row++, column = left;
        column += draw_choice(builder, canvas, row, column, i, focused);
    }
    if (column + 1 + DATE > canvas->columns) row++, column = left - 1;
    if (column + 1 + DATE > canvas->columns) column = canvas->columns - DATE - 1;
    char date[WHEN_SIZE];
    when_last_day(date, builder->expires);
    if (*builder->no_expiry)
        draw_mark(canvas, row, column + 1, builder->no_expiry);
    else if (builder->expires != WHEN_NEVER)
        draw_text(canvas, row, column + 1, ROLE_TEXT, date);
    return row + 1 - top;
}

static enum grid_mark mark_of(const void *arg, int64_t permission)
{
    const struct token_builder *builder = arg;
    return id_set_has(&builder->only, permission) ? GRID_EXPLICIT : GRID_NONE;
}

/* Beside its label if there is room for two columns of names there, else below. */
static int draw_only(struct token_builder *builder, const struct canvas *canvas, int top,
                     int column, bool focused)
{
    enum { INDENT = 2, BESIDE = 40 };
    if (!here(builder)) {
        draw_text(canvas, top, column, ROLE_MUTED, "the account has no permissions");
        return 1;
    }
    bool beside = canvas->columns - column >= BESIDE;
    int left = beside ? column - INDENT : 0, row = beside ? top : top + 1;
    struct canvas part = canvas_part(canvas, row, left, canvas->rows - row, canvas->columns - left);
    int rows = grid_draw(&builder->grid, builder->offered, &part, 0, focused, mark_of, builder);
    if (!beside && !builder->only.count) draw_text(canvas, top, column, ROLE_MUTED, "all of them");
    return rows + row - top;
}

int token_builder_draw(struct token_builder *builder, const struct canvas *canvas, int top,
                       int left, int column, enum builder_part focus)
{
    static const char *const labels[BUILDER_PARTS] = {"Name", "Expires", "Until", "Only", "From"};
    int row = top, room = canvas->columns - column;
    for (int i = 0; i < BUILDER_PARTS; i++) {
        enum builder_part part = (enum builder_part)i;
        bool here = part == focus;
        if (part == BUILDER_UNTIL && !token_builder_has(builder, part)) continue;
        draw_cell(canvas, row, left, column - left - 1, here ? ROLE_ACCENT : ROLE_MUTED,
                  labels[part]);
        int marked = part == BUILDER_FROM ? 2 : 0;
        if (part != BUILDER_EXPIRES && part != BUILDER_ONLY)
            field_draw(token_builder_field(builder, part), canvas, row, column, room - marked, 1,
                       here);
        if (part == BUILDER_FROM && builder->from.size)
            draw_mark(canvas, row, canvas->columns - 1, builder->no_network);
        row += part == BUILDER_EXPIRES ? draw_expiry(builder, canvas, row, column, here)
               : part == BUILDER_ONLY  ? draw_only(builder, canvas, row, column, here)
                                       : 1;
    }
    return row - top;
}

void token_builder_note(const struct token_builder *builder, enum builder_part part,
                        char out[static BUILDER_TEXT_SIZE])
{
    const struct permission *permission = here(builder);
    const char *text = "";
    if (part == BUILDER_NAME) text = "What uses it? Optional.";
    if (part == BUILDER_EXPIRES)
        text = *builder->no_expiry ? builder->no_expiry : "The last day on which it works, UTC.";
    if (part == BUILDER_UNTIL)
        text = *builder->no_expiry ? builder->no_expiry : "12h, 45d, or a day: 2027-01-31.";
    if (part == BUILDER_FROM)
        text = *builder->no_network ? builder->no_network
                                    : "Networks it may be used from: 10.0.0.0/8, 2001:db8::/32. "
                                      "Empty: anywhere.";
    snprintf(out, BUILDER_TEXT_SIZE, "%s", text);
    if (part != BUILDER_ONLY || !permission) return;
    bool held = id_set_has(&builder->held, permission->number);
    snprintf(out, BUILDER_TEXT_SIZE, "%s%s: %s%s", builder->only.count ? "" : "None ticked: all. ",
             permission->name, held ? "" : "the account does not hold it. ", permission->sentence);
}

static void add(char out[static BUILDER_TEXT_SIZE], const char *before, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, BUILDER_TEXT_SIZE - used, "%s%s", before, text);
}

static void add_expiry(const struct token_builder *builder, char out[static BUILDER_TEXT_SIZE])
{
    char days[TEXT_COUNT_SIZE], end[WHEN_SIZE];
    if (*builder->no_expiry) {
        add(out, "", "no such expiry");
        return;
    }
    if (builder->expires == WHEN_NEVER) {
        add(out, "", "never expires");
        return;
    }
    int64_t left = builder->expires - builder->now;
    if (left % DAY_SECONDS == 0) {
        add(out, "", text_count(days, left / DAY_SECONDS, "day"));
        return;
    }
    when_end(end, builder->expires);
    add(out, "until ", end);
}

/* "Alerts, Proxies only" */
static void add_only(const struct token_builder *builder, char out[static BUILDER_TEXT_SIZE])
{
    enum { NAMED = 3 };
    char more[TEXT_COUNT_SIZE + 16];
    size_t count = builder->only.count, named = 0;
    if (!count) {
        add(out, " · ", "all permissions of the account");
        return;
    }
    for (size_t i = 0; i < builder->offered->count; i++) {
        const struct permission *permission = &builder->offered->items[i];
        if (!id_set_has(&builder->only, permission->number)) continue;
        if (++named > NAMED) continue;
        add(out, named == 1 ? " · " : ", ", permission->name);
        if (!id_set_has(&builder->held, permission->number)) add(out, " ", "(not held)");
    }
    if (named < count) add(out, named ? ", " : " · ", "(deleted)");
    snprintf(more, sizeof more, " and %s more", number_text((int64_t)(named - NAMED)).text);
    if (named > NAMED) add(out, "", more);
    add(out, "", " only");
}

void token_builder_text(const struct token_builder *builder, char out[static BUILDER_TEXT_SIZE])
{
    *out = 0;
    add_expiry(builder, out);
    add_only(builder, out);
    if (*builder->no_network)
        add(out, " · ", "no such network");
    else if (!builder->limits.network_count)
        add(out, " · ", "from anywhere");
    for (size_t i = 0; i < builder->limits.network_count; i++)
        add(out, i ? ", " : " · from ", builder->limits.networks[i]);
}

/* One that is not there any more must not be left out in silence: without the last one, the token
 * could do everything. */
static enum error drop_deleted(struct token_builder *builder, struct store *store)
{
    struct permission permission;
    for (size_t i = 0; i < builder->only.count; i++) {
        enum error e = permission_get(store, builder->only.ids[i], &permission);
        if (e != ERR_NOT_FOUND && e) return e;
        if (!e) continue;
        id_set_remove(&builder->only, builder->only.ids[i]);
        return fail(ERR_CONFLICT, "a permission that was ticked has been deleted elsewhere: look "
                                  "again at what the token may do");
    }
    return OK;
}

enum error token_builder_generate(struct token_builder *builder, const struct act *act,
                                  int64_t account, int64_t *number, struct secret **secret,
                                  enum builder_part *wrong)
{
    *wrong = builder->choice == OTHER ? BUILDER_UNTIL : BUILDER_EXPIRES;
    enum error e = parse_expiry(builder, act);
    if (e) return e;
    *wrong = BUILDER_ONLY;
    e = drop_deleted(builder, act->store);
    if (e) return e;
    *wrong = BUILDER_FROM;
    token_limits_free(&builder->limits);
    e = token_limits_parse(act->store, NULL, builder->from.text, &builder->limits);
    if (!e) e = id_set_copy(&builder->limits.permissions, &builder->only);
    if (e) return e;
    builder->limits.narrowed = builder->only.count > 0;
    *wrong = BUILDER_NAME;
    return token_generate(act, account,
                          &(struct token_plan){.name = builder->name.text,
                                               .expires = builder->expires,
                                               .limits = &builder->limits},
                          number, secret);
}
