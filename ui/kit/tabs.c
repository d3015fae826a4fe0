#include "ui/kit/tabs.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>

static int place_of(const struct app *app, enum command command)
{
    for (int i = 0; i < app->tab_count; i++)
        if (app->tabs[i].command == command) return i;
    return -1;
}

/* Takes the present tab off the screen without closing it. */
static void put_away(struct app *app)
{
    while (app->top && app->top->below)
        screen_close(app->top);
    int place = app->top ? place_of(app, app->top->class->tab) : -1;
    if (place >= 0) app->hidden[place] = app->top;
    app->top = NULL;
}

static void take_out(struct app *app, int place)
{
    app->top = app->hidden[place];
    app->hidden[place] = NULL;
    app->top->wants_load = true;
}

/* A wide screen has room for "Gatehouse", all titles and a part of the name of the database. */
enum { WIDE = 76, NAME_COLUMNS = 12 };

/* "1 Accounts", or on a narrow screen the digit alone unless it is the present one. */
static int label(const struct tab *tab, int columns, enum command present, char *out, size_t size)
{
    char key[16] = "";
    int bound = *command_keys(tab->command);
    bool named = columns >= WIDE || tab->command == present || !bound;
    if (bound) key_text(bound, key);
    snprintf(out, size, "%s%s%s", key, named && bound ? " " : "", named ? tab->title : "");
    return named ? 2 : 1;
}

int tabs_draw(const struct app *app, const struct canvas *canvas, enum command present)
{
    char text[48];
    int column = canvas->columns >= WIDE ? NAME_COLUMNS : 1;
    if (canvas->columns >= WIDE) draw_text(canvas, 0, 1, ROLE_BOLD, "Gatehouse");
    for (int i = 0; i < app->tab_count; i++) {
        bool here = app->tabs[i].command == present;
        int gap = label(&app->tabs[i], canvas->columns, present, text, sizeof text);
        column += gap + draw_text(canvas, 0, column, here ? ROLE_ACCENT : ROLE_MUTED, text);
    }
    return column;
}

enum command tabs_at(const struct app *app, int column, enum command present)
{
    char text[48];
    int from = app->columns >= WIDE ? NAME_COLUMNS : 1;
    for (int i = 0; i < app->tab_count; i++) {
        int gap = label(&app->tabs[i], app->columns, present, text, sizeof text);
        int to = from + (int)text_width(text);
        if (column >= from && column < to) return app->tabs[i].command;
        from = to + gap;
    }
    return COMMAND_NONE;
}

int tabs_show(struct app *app, enum command command)
{
    int place = place_of(app, command);
    struct screen *bottom = app->top;
    while (bottom->below)
        bottom = bottom->below;
    int old = place_of(app, bottom->class->tab);
    if (place < 0 || old < 0) return EFFECT_NONE;
    put_away(app);
    if (app->hidden[place]) {
        take_out(app, place);
    } else if (app->tabs[place].open(app)) {
        take_out(app, old);
        return app_say_error(app);
    }
    return EFFECT_DRAW;
}

void tabs_close(struct app *app)
{
    for (int i = 0; i < app->tab_count; i++)
        if (app->hidden[i]) app->hidden[i]->class->close(app->hidden[i]);
}
