#include "ui/terminal/mouse.h"

#include "ui/terminal/term.h"

int mouse_switch(struct app *app)
{
    app->mouse = !app->mouse;
    term_mouse(app->mouse);
    app_say(app, ROLE_MUTED,
            app->mouse ? "Mouse on: click and wheel; Shift-drag selects text" : "Mouse off");
    return EFFECT_DRAW;
}
