#include "ui/screens/account_form.h"

#include "ui/screens/form.h"
#include "ui/screens/token_form.h"
#include "ui/terminal/input.h"
#include "ui/undo.h"

#include <gatehouse/ambient.h>
#include <gatehouse/impact_text.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPIRY_MAX = 32 };

bool form_has_part(const struct form *form, enum part part)
{
    if (part == PART_NAME || part == PART_FIRST_TOKEN) return form->number == 0;
    if (part == PART_FIRST_EXPIRY) return form->number == 0 && form->makes_token;
    if (part == PART_TOGGLE || part == PART_TOKENS) return form->number != 0;
    return true;
}

struct field *form_field(struct form *form)
{
    switch (form->part) {
    case PART_NAME:
        return &form->name;
    case PART_DESCRIPTION:
        return &form->description;
    case PART_OWNER:
        return &form->owner;
    case PART_FIRST_TOKEN:
        return form->makes_token ? &form->token_name : NULL;
    case PART_FIRST_EXPIRY:
        return &form->token_expires;
    case PART_TOKENS:
        return form->renaming ? &form->rename : NULL;
    default:
        return NULL;
    }
}

static int step(struct form *form, int by)
{
    form->renaming = false;
    int part = (int)form->part;
    do
        part = (part + by + PART_COUNT) % PART_COUNT;
    while (!form_has_part(form, (enum part)part));
    form->part = (enum part)part;
    return EFFECT_DRAW;
}

/* Says while it is typed why a name does not do. */
static void check_name(struct form *form)
{
    char name[ACCOUNT_NAME_MAX + 1];
    int64_t taken;
    form->refused[0] = 0;
    if (form->name.size == 0) return;
    if (account_parse_name(form->name.text, name))
        snprintf(form->refused, sizeof form->refused, "%s", error_message());
    else if (!account_find(form->app->store, name, &taken))
        snprintf(form->refused, sizeof form->refused, "sa::%s is taken: choose another name", name);
}

static int after_edit(struct form *form, enum field_effect effect)
{
    if (effect == FIELD_CHANGED && form->part == PART_NAME) check_name(form);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int special_key(struct form *form, int key)
{
    switch (key) {
    case UI_TAB:
        return step(form, 1);
    case UI_BACK_TAB:
        return step(form, -1);
    case UI_ESC:
        return form_leave(form);
    case UI_ENTER:
        if (form->part == PART_FIRST_TOKEN) {
            form->makes_token = !form->makes_token;
            return EFFECT_DRAW;
        }
        return step(form, 1);
    default:
        return EFFECT_PASS;
    }
}

static int key(struct app *app, struct screen *screen, int pressed)
{
    struct form *form = (struct form *)screen;
    struct field *field = form_field(form);
    if (pressed == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(app->input, &size);
        return field ? after_edit(form, field_paste(field, paste, size)) : EFFECT_NONE;
    }
    if (form->renaming) {
        int effects = form_rename_key(form, pressed);
        if (!(effects & EFFECT_PASS)) return effects;
    } else if (field && !(pressed == UI_ENTER && form->part != PART_DESCRIPTION)) {
        int effects = after_edit(form, field_key(field, pressed));
        if (!(effects & EFFECT_PASS)) return effects;
    }
    bool button = form->part == PART_SAVE || form->part == PART_CANCEL;
    if (button && (pressed == UI_ENTER || pressed == ' '))
        return form->part == PART_SAVE ? form_save(form) : form_leave(form);
    if (form->part == PART_FIRST_TOKEN && pressed == ' ') pressed = UI_ENTER;
    if (pressed == UI_ENTER && !field && form->part != PART_FIRST_TOKEN) return EFFECT_PASS;
    return special_key(form, pressed);
}

static unsigned contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    struct form *form = (struct form *)screen;
    if (form_field(form)) return CONTEXT_FORM | CONTEXT_TEXT;
    switch (form->part) {
    case PART_TOGGLE:
        return CONTEXT_FORM | CONTEXT_TOGGLE;
    case PART_TOKENS:
        return CONTEXT_FORM | CONTEXT_TOKENS | CONTEXT_LIST;
    case PART_GROUPS:
        return CONTEXT_FORM | CONTEXT_CHIPS;
    case PART_PERMISSIONS:
        return CONTEXT_FORM | CONTEXT_GRID;
    default:
        return CONTEXT_FORM;
    }
}

static int toggle(struct form *form)
{
    struct app *app = form->app;
    struct act act = app_act(app);
    bool active = !form->account.row.active, changed;
    struct account_impact impact;
    char hit[IMPACT_TEXT_SIZE], names[2 * IMPACT_TEXT_SIZE];
    enum error e = account_get_impact(app->store, act.now, form->number, &impact);
    if (!e) e = impact_names(app->store, act.now, form->number, names, sizeof names);
    if (!e) e = account_set_active(&act, form->number, active, &changed);
    if (e) return app_say_error(app);
    if (changed) undo_push_active(app, form->number, active);
    impact_text(&impact, active ? "back at work" : "stopped", act.now, hit, sizeof hit);
    app_say(app, ROLE_GOOD, "✓ sa::%s %s · %s · U undo%s", form->account.row.name,
            active ? "activated" : "deactivated", hit, names);
    return EFFECT_LOAD;
}

static int run(struct app *app, struct screen *screen, enum command command)
{
    (void)app;
    struct form *form = (struct form *)screen;
    if (!form->loaded) return EFFECT_PASS;
    switch (command) {
    case COMMAND_FORM_SAVE:
        return form_save(form);
    case COMMAND_FORM_TOGGLE:
        return toggle(form);
    case COMMAND_ESCAPE:
    case COMMAND_BACK:
        return form_leave(form);
    case COMMAND_NEXT_PART:
        return step(form, 1);
    case COMMAND_PREVIOUS_PART:
        return step(form, -1);
    default:
        break;
    }
    if (form->part == PART_TOKENS) return form_run_tokens(form, command);
    if (form->part == PART_GROUPS) return form_run_groups(form, command);
    return form->part == PART_PERMISSIONS ? form_run_grid(form, command) : EFFECT_PASS;
}

static const char *why_not(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app;
    const struct token_row *token = form_token((const struct form *)screen);
    if (!token) return NULL;
    return token_why_not(token, command);
}

static const char *label(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app;
    const struct token_row *token = form_token((const struct form *)screen);
    return token ? token_command_label(token, command) : NULL;
}

static enum error load(struct app *app, struct screen *screen)
{
    (void)app;
    return form_fill((struct form *)screen);
}

static void close_form(struct app *app, struct screen *screen)
{
    (void)app;
    struct form *form = (struct form *)screen;
    enum { PLACES = 6 };
    struct field *fields[PLACES] = {&form->name,       &form->description,   &form->owner,
                                    &form->token_name, &form->token_expires, &form->rename};
    for (size_t i = 0; i < PLACES; i++)
        field_free(fields[i]);
    account_details_free(&form->saved);
    id_set_free(&form->groups);
    id_set_free(&form->permissions);
    free(form->tokens);
    free(form->token_details);
    free(form->all_groups);
    free(form->catalogue);
    free(form->sources);
    free(form);
}

/* Of these the footer shows what the focused part can do. */
static const enum command form_footer[] = {
    COMMAND_TOKEN_GENERATE, COMMAND_TOKEN_COPY,   COMMAND_TOKEN_PEEK,  COMMAND_TOKEN_RENAME,
    COMMAND_TOKEN_SUSPEND,  COMMAND_TOKEN_REVOKE, COMMAND_FORM_TOGGLE, COMMAND_CHIP_ADD,
    COMMAND_CHIP_REMOVE,    COMMAND_GRID_TOGGLE,  COMMAND_GRID_GRANT,  COMMAND_GRID_WHY,
    COMMAND_FORM_SAVE,      COMMAND_MENU,         COMMAND_HELP,        COMMAND_NONE};

static bool leave(struct app *app, struct screen *screen, enum command next)
{
    (void)app;
    return !form_asks_to_leave((struct form *)screen, next);
}

static const struct screen_class form_class = {
    .title = "Service account",
    .leave = leave,
    .footer = form_footer,
    .contexts = contexts,
    .load = load,
    .draw = form_draw,
    .key = key,
    .run = run,
    .why_not = why_not,
    .label = label,
    .close = close_form,
};

static enum error init_fields(struct form *form)
{
    enum error e = field_init(&form->name, ACCOUNT_NAME_MAX + 4, false);
    if (!e) e = field_init(&form->description, ACCOUNT_DESCRIPTION_MAX, true);
    if (!e) e = field_init(&form->owner, ACCOUNT_OWNER_MAX, false);
    if (!e) e = field_init(&form->token_name, TOKEN_NAME_MAX, false);
    if (!e) e = field_init(&form->token_expires, EXPIRY_MAX, false);
    return e ? e : field_init(&form->rename, TOKEN_NAME_MAX, false);
}

void account_form_open(struct app *app, int64_t account)
{
    struct form *form = calloc(1, sizeof *form);
    if (!form) {
        app_say(app, ROLE_BAD, "out of memory");
        return;
    }
    form->screen.class = &form_class;
    form->app = app;
    form->number = account;
    form->part = account ? PART_TOKENS : PART_NAME;
    form->makes_token = account == 0;
    char expiry[EXPIRY_MAX + 1];
    if (init_fields(form) || token_default_expiry(app, expiry, sizeof expiry)) {
        app_say_error(app);
        close_form(app, &form->screen);
        return;
    }
    if (!account) field_set(&form->token_name, "default");
    if (!account) field_set(&form->token_expires, expiry);
    screen_push(app, &form->screen);
}
