#include "ui/kit/overview.h"

#include "ui/background.h"

#include <gatehouse/account_list.h>
#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <gatehouse/text.h>
#include <gatehouse/token_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    START_MS = 30,  /* after a change, which may not be the last one */
    AGAIN_MS = 200, /* after it had to yield */
    REST = 20       /* times as long as counting took, until it may be done again */
};

enum { ACCOUNTS, ACTIVE, TOKENS, LIVE, ENDING, UNUSED, NUMBERS };

struct overview {
    struct identity identity;
    int64_t numbers[NUMBERS]; /* -1: not known yet */
    int64_t now, version;     /* of the last load; app_data_version */
    bool counting;
    int64_t due;  /* ticks at which to count; INT64_MAX: all is known */
    int64_t rest; /* ticks before which it is not counted again */
};

/* `label` and `brief` follow the number; `total` is the number that is never smaller. */
static const struct part {
    enum command command;
    const char *label, *brief;
    int total;
    enum token_facet facet; /* of what is counted */
} parts[NUMBERS] = {
    [ACCOUNTS] = {COMMAND_TAB_ACCOUNTS, "accounts", "accounts", ACCOUNTS, TOKENS_ALL},
    [ACTIVE] = {COMMAND_SHOW_ACTIVE, "active", "active", ACCOUNTS, TOKENS_ALL},
    [TOKENS] = {COMMAND_TAB_TOKENS, "tokens", "tokens", TOKENS, TOKENS_ALL},
    [LIVE] = {COMMAND_SHOW_LIVE, "live", "live", TOKENS, TOKENS_LIVE},
    [ENDING] = {COMMAND_SHOW_ENDING, "end in 14 d", "ending", TOKENS, TOKENS_ENDING},
    [UNUSED] = {COMMAND_SHOW_UNUSED, "unused 30 d", "unused", TOKENS, TOKENS_UNUSED},
};

struct overview *overview_new(void)
{
    struct overview *overview = calloc(1, sizeof *overview);
    for (int i = 0; overview && i < NUMBERS; i++)
        overview->numbers[i] = -1;
    if (overview) overview->due = INT64_MAX;
    if (overview) overview->version = -1;
    return overview;
}

void overview_free(struct overview *overview)
{
    free(overview);
}

const struct identity *overview_identity(const struct app *app)
{
    return &app->overview->identity;
}

/* "gatehouse" of "/var/lib/gatehouse/gatehouse.db" and of "postgresql://db.example.org/gatehouse".
 */
static void name_of_database(const struct app *app, char *out, size_t size)
{
    char path[DATABASE_NAME_SIZE];
    snprintf(path, sizeof path, "%s", app->options->database);
    if (store_is_address(path)) path[strcspn(path, "?")] = 0;
    const char *slash = strrchr(path, '/');
    const char *file = app->options->demo ? "demo" : slash ? slash + 1 : path;
    const char *end = strrchr(file, '.');
    int length = (int)(end && end > file ? end - file : (long)strlen(file));
    snprintf(out, size, "%.*s", length, file);
}

static enum error read_identity(struct app *app, struct identity *out)
{
    static const enum role roles[] = {[COLOUR_NONE] = ROLE_MUTED,
                                      [COLOUR_RED] = ROLE_RED,
                                      [COLOUR_YELLOW] = ROLE_YELLOW,
                                      [COLOUR_GREEN] = ROLE_GREEN,
                                      [COLOUR_BLUE] = ROLE_BLUE};
    struct setting_value name, colour;
    char key[VAULT_KEY_TEXT];
    enum error e = setting_read(app->store, SETTING_DATABASE_NAME, &name);
    if (!e) e = setting_read(app->store, SETTING_DATABASE_COLOUR, &colour);
    if (!e) e = vault_read_key(app->store, key);
    if (e) return e;
    out->has_vault = *key;
    out->role = roles[colour.number];
    if (*name.text)
        snprintf(out->name, sizeof out->name, "%s", name.text);
    else
        name_of_database(app, out->name, sizeof out->name);
    return OK;
}

enum error overview_load(struct app *app)
{
    struct overview *overview = app->overview;
    const struct account_query all = {.filter = ""},
                               active = {.filter = "", .status = ACCOUNT_ACTIVE};
    const struct token_query tokens = {.filter = ""};
    const int64_t version = app_data_version(app);
    if (version == overview->version) return OK;
    enum error e = read_identity(app, &overview->identity);
    if (!e) e = account_count(app->store, &all, &overview->numbers[ACCOUNTS]);
    if (!e) e = account_count(app->store, &active, &overview->numbers[ACTIVE]);
    if (!e) e = token_count(app->store, &tokens, &overview->numbers[TOKENS]);
    if (!e) overview->version = version;
    int64_t soon = ambient_ticks() + START_MS;
    overview->now = ambient_now();
    overview->due = soon > overview->rest ? soon : overview->rest;
    return e;
}

int64_t overview_due(const struct app *app)
{
    return app->overview->counting ? INT64_MAX : app->overview->due;
}

struct counting {
    struct job job;
    int64_t numbers[NUMBERS], now, began;
};

static enum error run(struct job *job, struct store *store)
{
    struct counting *counting = (struct counting *)job;
    enum error e = OK;
    for (int i = 0; i < NUMBERS && !e; i++) {
        const struct token_query query = {
            .filter = "", .facet = parts[i].facet, .now = counting->now};
        if (query.facet) e = token_count(store, &query, &counting->numbers[i]);
    }
    return e;
}

/* An error will show up where it matters. */
static void done(struct app *app, struct job *job, enum error e)
{
    const struct counting *counting = (struct counting *)job;
    struct overview *overview = app->overview;
    int64_t ticks = ambient_ticks();
    overview->counting = false;
    if (e == ERR_STOPPED && overview->due == INT64_MAX) overview->due = ticks + AGAIN_MS;
    overview->rest = ticks + REST * (ticks - counting->began);
    if (overview->due < overview->rest) overview->due = overview->rest;
    for (int i = 0; i < NUMBERS && !e; i++)
        if (parts[i].facet) overview->numbers[i] = counting->numbers[i];
}

static void free_job(struct job *job)
{
    free(job);
}

void overview_count(struct app *app)
{
    struct overview *overview = app->overview;
    struct counting *counting = calloc(1, sizeof *counting);
    overview->due = INT64_MAX;
    if (!counting) return;
    *counting = (struct counting){
        .job = {.owner = overview, .yields = true, .run = run, .done = done, .free = free_job},
        .now = overview->now,
        .began = ambient_ticks()};
    overview->counting = true;
    background_post(app->background, &counting->job);
}

void overview_give_way(struct app *app)
{
    struct overview *overview = app->overview;
    if (!overview->counting) return;
    background_drop(app->background, overview);
    overview->counting = false;
    overview->due = ambient_ticks() + AGAIN_MS;
}

/* How the line is made to fit, one after the other. */
struct fit {
    bool brief, round, no_totals;
    int last; /* the last part shown */
};
static const struct fit fits[] = {
    {false, false, false, UNUSED}, {true, false, false, UNUSED}, {true, true, false, UNUSED},
    {true, true, true, UNUSED},    {true, true, true, ENDING},   {true, true, true, LIVE},
    {true, true, true, ACTIVE},
};

/* "1,234", or rounded "12k", "3.0M". */
static void write_number(int64_t number, bool round, char *out, size_t size)
{
    enum { THOUSAND = 1000, EXACT = 10000, MILLION = 1000000 };
    if (number < 0)
        snprintf(out, size, "%s", text_glyph(GLYPH_ELLIPSIS));
    else if (!round || number < EXACT)
        snprintf(out, size, "%s", number_text(number).text);
    else if (number < MILLION)
        snprintf(out, size, "%dk", (int)(number / THOUSAND));
    else
        snprintf(out, size, "%d.%dM", (int)(number / MILLION),
                 (int)(number % MILLION / (MILLION / 10)));
}

static bool is_shown(const struct fit *fit, int part)
{
    return part <= fit->last && !(fit->no_totals && parts[part].total == part);
}

/* The numbers as they are shown, and how wide they are. */
struct written {
    char texts[NUMBERS][NUMBER_TEXT_SIZE + 8];
    int widths[NUMBERS];
};

static void write_numbers(const struct overview *overview, bool round, struct written *out)
{
    for (int i = 0; i < NUMBERS; i++) {
        write_number(overview->numbers[i], round, out->texts[i], sizeof out->texts[i]);
        out->widths[i] = (int)text_width(out->texts[i]);
    }
}

/* Its number is as wide as the greatest that it can be, so that nothing jumps when it comes. */
static int number_width(const struct written *written, int part)
{
    int own = written->widths[part], total = written->widths[parts[part].total];
    return total > own ? total : own;
}

/* "accounts"; of one, "account". */
static const char *label_of(const struct overview *overview, const struct fit *fit, int part,
                            int *size)
{
    const char *label = fit->brief ? parts[part].brief : parts[part].label;
    *size = (int)strlen(label) - (parts[part].total == part && overview->numbers[part] == 1);
    return label;
}

/* " · ", or before the tokens " │ ". */
enum { BETWEEN = 3 };

static int width_of(const struct overview *overview, const struct fit *fit,
                    const struct written *written)
{
    int width = 0, label;
    for (int i = 0; i < NUMBERS; i++) {
        if (!is_shown(fit, i)) continue;
        label_of(overview, fit, i, &label);
        width += number_width(written, i) + 1 + label + (width ? BETWEEN : 0);
    }
    return width;
}

/* The first way that fits, and the numbers as it shows them; NULL: there is no room. */
static const struct fit *choose_fit(const struct overview *overview, int columns,
                                    struct written *written)
{
    enum { FITS = sizeof fits / sizeof *fits };
    for (int i = 0; i < FITS; i++) {
        if (!i || fits[i].round != fits[i - 1].round)
            write_numbers(overview, fits[i].round, written);
        if (width_of(overview, &fits[i], written) + 1 <= columns) return &fits[i];
    }
    return NULL;
}

/* The letter of its key stands out, where the label has it. */
static void draw_key(const struct canvas *canvas, int row, int column, const char *text, int key)
{
    char letter[2] = {key > ' ' && key < 127 ? (char)key : 0, 0};
    const char *found = *letter ? strstr(text, letter) : NULL;
    if (!found) return;
    char before[80];
    snprintf(before, sizeof before, "%.*s", (int)(found - text), text);
    draw_text(canvas, row, column + (int)text_width(before), ROLE_ACCENT, letter);
}

static int draw_part(const struct screen *screen, const struct canvas *canvas, int row, int column,
                     int part, const struct fit *fit, const struct written *written)
{
    char text[80];
    int key = *command_keys(parts[part].command), size;
    const char *label = label_of(screen->app->overview, fit, part, &size);
    const int blanks = number_width(written, part) - written->widths[part];
    snprintf(text, sizeof text, "%*s%s %.*s", blanks, "", written->texts[part], size, label);
    int width = (int)text_width(text);
    draw_text(canvas, row, column, ROLE_MUTED, text);
    draw_key(canvas, row, column, text, key);
    if (key) screen_target(screen, canvas, row, column, width, key);
    return width;
}

void overview_draw(const struct screen *screen, const struct canvas *canvas, int row)
{
    const struct overview *overview = screen->app->overview;
    struct written written;
    if (overview->numbers[TOKENS] < 0) return;
    const struct fit *fit = choose_fit(overview, canvas->columns, &written);
    int column = 1, parts_drawn = 0;
    for (int i = 0; fit && i < NUMBERS; i++) {
        if (!is_shown(fit, i)) continue;
        bool other = parts[i].total == TOKENS && parts_drawn &&
                     (i == TOKENS || (fit->no_totals && i == LIVE));
        if (parts_drawn++) {
            draw_glyph(canvas, row, column + 1, other ? ROLE_BORDER : ROLE_MUTED,
                       other ? GLYPH_BAR : GLYPH_DOT);
            column += BETWEEN;
        }
        column += draw_part(screen, canvas, row, column, i, fit, &written);
    }
}
