#include "ui/screens/account_form.h"

#include "ui/screens/account_toggle.h"
#include "ui/screens/conflict.h"
#include "ui/screens/form.h"
#include "ui/terminal/input.h"

#include <gatehouse/ambient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_SHOWN = 1000 };

enum error form_details(const struct form *form, struct account_details *out)
{
    *out = (struct account_details){.description = strdup(form->description.text),
                                    .owner = strdup(form->owner.text)};
    enum error e = out->description && out->owner ? OK : fail_memory();
    if (!e) e = id_set_copy(&out->groups, &form->groups);
    if (!e) e = id_set_copy(&out->permissions, &form->permissions);
    if (e) account_details_free(out);
    return e;
}

bool form_is_changed(const struct form *form)
{
    const struct account_details staged = {.description = form->description.text,
                                           .owner = form->owner.text,
                                           .groups = form->groups,
                                           .permissions = form->permissions};
    return form->name.size > 0 || account_details_diff(&form->saved, &staged) != 0;
}

/* A field drops unprintable bytes that a stored text may hold; opening the form is no change. */
static enum error keep_shown(char **saved, const struct field *field)
{
    char *shown = strdup(field->text);
    if (!shown) return fail_memory();
    free(*saved);
    *saved = shown;
    return OK;
}

static enum error fill_fields(struct form *form)
{
    struct account_details details;
    enum error e = conflict_seen(form->screen.app->store, &form->seen);
    if (!e)
        e = account_details_load(form->screen.app->store, form->number, &details, &form->version);
    if (e) return e;
    account_details_free(&form->saved);
    form->saved = details;
    field_set(&form->description, details.description);
    field_set(&form->owner, details.owner);
    e = keep_shown(&form->saved.description, &form->description);
    if (!e) e = keep_shown(&form->saved.owner, &form->owner);
    if (e) return e;
    id_set_free(&form->groups);
    id_set_free(&form->permissions);
    e = id_set_copy(&form->groups, &details.groups);
    return e ? e : id_set_copy(&form->permissions, &details.permissions);
}

static enum error fill_details(struct form *form)
{
    size_t count = form->tokens->count;
    char(*details)[TOKEN_DETAIL_SIZE] = calloc(count + 1, sizeof *details);
    if (!details) return fail_memory();
    free(form->token_details);
    form->token_details = details;
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++)
        e = token_detail(form->screen.app->store, form->now, &form->tokens->items[i],
                         form->account.active, details[i]);
    return e;
}

static enum error fill_tokens(struct form *form)
{
    struct token_rows *tokens;
    struct store *store = form->screen.app->store;
    enum error e = token_list(store, form->now, form->number, false, &tokens);
    if (e) return e;
    free(form->tokens);
    form->tokens = tokens;
    e = fill_details(form);
    if (e) return e;
    /* The cursor stays on its token, wherever that is now. */
    if (form->token_at >= tokens->count) form->token_at = tokens->count ? tokens->count - 1 : 0;
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->items[i].number == form->token_number) form->token_at = i;
    form->token_number = tokens->count ? tokens->items[form->token_at].number : 0;
    return token_get_counts(store, form->now, form->number, &form->counts);
}

enum error form_load_sources(struct form *form)
{
    struct permission_sources *sources;
    enum error e = permission_effective_staged(form->screen.app->store, &form->groups,
                                               &form->permissions, &sources);
    if (e) return e;
    free(form->sources);
    form->sources = sources;
    return form->number ? OK : token_builder_offer(&form->builder, form->catalogue, sources);
}

static enum error fill_lists(struct form *form)
{
    struct group_rows *groups;
    struct permissions *catalogue;
    enum error e = group_list(form->screen.app->store, "", GROUPS_SHOWN, &groups);
    if (e) return e;
    free(form->all_groups);
    form->all_groups = groups;
    e = permission_list(form->screen.app->store, &catalogue);
    if (e) return e;
    free(form->catalogue);
    form->catalogue = catalogue;
    if (form->grid.at >= catalogue->count) form->grid.at = 0;
    return form_load_sources(form);
}

enum { WIDE_FROM = 120 };

bool form_has_history(const struct form *form)
{
    return form->number && form->screen.app->columns >= WIDE_FROM;
}

static bool has_part(const struct form *form, enum part part)
{
    if (part == PART_NAME || part == PART_FIRST_TOKEN) return form->number == 0;
    if (part >= PART_BUILDER && part < PART_SAVE)
        return form->number == 0 && form->makes_token &&
               token_builder_has(&form->builder, (enum builder_part)(part - PART_BUILDER));
    if (part == PART_HISTORY) return form_has_history(form);
    if (part == PART_TOGGLE || part == PART_TOKENS) return form->number != 0;
    return true;
}

static enum error check_token(struct form *form)
{
    struct act act = app_act(form->screen.app);
    return token_builder_check(&form->builder, &act);
}

static enum error fill(struct form *form)
{
    form->now = ambient_now();
    enum error e = OK;
    if (form->number)
        e = account_get(form->screen.app->store, form->now, form->number, &form->account);
    if (e == ERR_NOT_FOUND && form->loaded) {
        form->screen.gone = "this account was deleted elsewhere";
        return OK;
    }
    /* What is being typed stays; Update will find a conflict with what others wrote. */
    if (!e && form->number && (!form->loaded || !form_is_changed(form))) e = fill_fields(form);
    if (!e && form->number) e = fill_tokens(form);
    if (!e) e = fill_lists(form);
    if (!e && !form->number) e = check_token(form);
    if (!e && form_has_history(form))
        account_history_ask(&form->history, form->screen.app, form->number);
    if (!e) form->loaded = true;
    if (!has_part(form, form->part)) form->part = PART_PERMISSIONS; /* the screen got narrower */
    return e;
}

enum builder_part form_builder_part(const struct form *form)
{
    bool has_focus = form->part >= PART_BUILDER && form->part < PART_SAVE;
    return has_focus ? (enum builder_part)(form->part - PART_BUILDER) : BUILDER_PARTS;
}

/* The field that has the focus; NULL when the part is none. */
static struct field *focused_field(struct form *form)
{
    switch (form->part) {
    case PART_NAME:
        return &form->name;
    case PART_DESCRIPTION:
        return &form->description;
    case PART_OWNER:
        return &form->owner;
    case PART_TOKENS:
        return form->renaming ? &form->rename : NULL;
    default:
        return token_builder_field(&form->builder, form_builder_part(form));
    }
}

static int step(struct form *form, int by)
{
    bool renamed = form->renaming;
    if (!form_commit_rename(form)) return EFFECT_DRAW;
    int part = (int)form->part;
    do
        part = (part + by + PART_COUNT) % PART_COUNT;
    while (!has_part(form, (enum part)part));
    form->part = (enum part)part;
    return EFFECT_DRAW | (renamed ? EFFECT_LOAD : 0);
}

/* Says while it is typed why a name is refused. */
static void check_name(struct form *form)
{
    char name[ACCOUNT_NAME_MAX + 1];
    int64_t taken;
    form->refused[0] = 0;
    if (form->name.size == 0) return;
    if (account_parse_name(form->name.text, name))
        snprintf(form->refused, sizeof form->refused, "%s", error_message());
    else if (!account_find(form->screen.app->store, name, &taken))
        snprintf(form->refused, sizeof form->refused, "sa::%s is taken: choose another name", name);
}

static int after_edit(struct form *form, enum field_effect effect)
{
    if (effect == FIELD_CHANGED && form->part == PART_NAME) check_name(form);
    if (effect == FIELD_CHANGED && form_builder_part(form) < BUILDER_PARTS && check_token(form))
        return app_say_error(form->screen.app);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_DRAW;
}

static int key(struct screen *screen, int pressed)
{
    struct form *form = (struct form *)screen;
    struct field *field = focused_field(form);
    if (pressed >= UI_TARGET) return form_click(form, pressed - UI_TARGET);
    if (field) return after_edit(form, field_press(field, screen->app->input, pressed));
    return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
}

static struct contexts focus(const struct screen *screen)
{
    struct form *form = (struct form *)screen;
    if (!form->loaded) return (struct contexts){{CONTEXT_NONE}};
    if (focused_field(form)) return (struct contexts){{CONTEXT_TEXT, CONTEXT_FORM}};
    switch (form->part) {
    case PART_TOGGLE:
        return (struct contexts){{CONTEXT_TOGGLE, CONTEXT_FORM}};
    case PART_FIRST_TOKEN:
        return (struct contexts){{CONTEXT_FIRST_TOKEN, CONTEXT_FORM}};
    case PART_TOKENS:
        return (struct contexts){{CONTEXT_TOKENS, CONTEXT_LIST, CONTEXT_FORM}};
    case PART_GROUPS:
        return (struct contexts){{CONTEXT_CHIPS, CONTEXT_FORM}};
    case PART_PERMISSIONS:
        return (struct contexts){{CONTEXT_GRID, CONTEXT_FORM}};
    case PART_HISTORY:
        return (struct contexts){{CONTEXT_HISTORY, CONTEXT_LIST, CONTEXT_FORM}};
    case PART_SAVE:
    case PART_CANCEL:
        return (struct contexts){{CONTEXT_BUTTON, CONTEXT_FORM}};
    default:
        return (struct contexts){{token_builder_context(form_builder_part(form)), CONTEXT_FORM}};
    }
}

static int toggle(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return account_toggle(screen->app, &form->account);
}

static int save(struct screen *screen)
{
    return form_save((struct form *)screen);
}

static int go_back(struct screen *screen)
{
    return form_leave((struct form *)screen);
}

static int next_part(struct screen *screen)
{
    return step((struct form *)screen, 1);
}

static int previous_part(struct screen *screen)
{
    return step((struct form *)screen, -1);
}

static int flip_token(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    form->makes_token = !form->makes_token;
    return EFFECT_DRAW;
}

static int tick(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return token_builder_tick(&form->builder) ? app_say_error(screen->app) : EFFECT_DRAW;
}

static bool is_ticked(const struct screen *screen)
{
    return token_builder_is_ticked(&((const struct form *)screen)->builder);
}

static int move(struct screen *screen, enum command command)
{
    struct form *form = (struct form *)screen;
    if (form_builder_part(form) == BUILDER_PARTS) return form_move(screen, command);
    int effects = token_builder_move(&form->builder, form_builder_part(form), command);
    return check_token(form) ? app_say_error(screen->app) : effects;
}

static int show_event(struct screen *screen)
{
    return account_history_show(&((struct form *)screen)->history, screen->app);
}

static int press(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return form->part == PART_SAVE ? form_save(form) : form_leave(form);
}

/* In Description, Enter breaks the line. */
static bool is_on_one_line(const struct screen *screen)
{
    return ((const struct form *)screen)->part != PART_DESCRIPTION;
}

static const struct screen_command form_commands[] = {
    {COMMAND_FORM_SAVE, .run = save},
    {COMMAND_FORM_TOGGLE, .run = toggle},
    {COMMAND_FORM_TOKEN, .run = flip_token},
    {COMMAND_ONLY_TICK, .run = tick, .when = is_ticked, .hint = "untick"},
    {COMMAND_ONLY_TICK, .run = tick},
    {COMMAND_FORM_PRESS, .run = press},
    {COMMAND_AUDIT_SHOW, .run = show_event},
    {COMMAND_ACCEPT, .run = next_part, .when = is_on_one_line, .hint = ""},
    {COMMAND_ESCAPE, .run = go_back},
    {COMMAND_BACK, .run = go_back},
    {COMMAND_NEXT_PART, .run = next_part},
    {COMMAND_PREVIOUS_PART, .run = previous_part},
    {.command = COMMAND_NONE},
};

static const void *row(const struct screen *screen, const char **why_not)
{
    *why_not = "there is no token";
    return form_token((const struct form *)screen);
}

static enum error load(struct screen *screen)
{
    return fill((struct form *)screen);
}

static void close_form(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    enum { PLACES = 4 };
    struct field *fields[PLACES] = {&form->name, &form->description, &form->owner, &form->rename};
    for (size_t i = 0; i < PLACES; i++)
        field_free(fields[i]);
    token_builder_free(&form->builder);
    account_history_leave(&form->history, screen->app);
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
    COMMAND_NEXT_PART,    COMMAND_AUDIT_SHOW,     COMMAND_ACCEPT,
    COMMAND_FORM_PRESS,   COMMAND_FORM_TOGGLE,    COMMAND_FORM_TOKEN,
    COMMAND_EXPIRY_NEXT,  COMMAND_ONLY_TICK,      COMMAND_CHIP_ADD,
    COMMAND_CHIP_REMOVE,  COMMAND_GRID_TOGGLE,    COMMAND_GRID_GRANT,
    COMMAND_GRID_WHY,     COMMAND_TOKEN_GENERATE, COMMAND_FORM_SAVE,
    COMMAND_TOKEN_COPY,   COMMAND_TOKEN_SUSPEND,  COMMAND_MENU,
    COMMAND_TOKEN_RENAME, COMMAND_TOKEN_PEEK,     COMMAND_TOKEN_REVOKE,
    COMMAND_NONE};

static bool leave(struct screen *screen, enum command next)
{
    return !form_asks_to_leave((struct form *)screen, next);
}

static const struct screen_class form_class = {
    .title = "Service account",
    .commands = {form_part_commands, form_commands, token_act_commands},
    .row = row,
    .move = move,
    .leave = leave,
    .footer = form_footer,
    .focus = focus,
    .load = load,
    .draw = form_draw,
    .key = key,
    .close = close_form,
};

static enum error init_fields(struct form *form)
{
    enum error e = field_init(&form->name, ACCOUNT_NAME_MAX + 4, false);
    if (!e) e = field_init(&form->description, ACCOUNT_DESCRIPTION_MAX, true);
    if (!e) e = field_init(&form->owner, ACCOUNT_OWNER_MAX, false);
    return e ? e : field_init(&form->rename, TOKEN_NAME_MAX, false);
}

static struct form *new_form(struct app *app, enum part part)
{
    struct form *form = screen_new(app, &form_class, sizeof *form);
    if (!form) return NULL;
    form->part = part;
    if (!init_fields(form)) return form;
    app_say_error(app);
    close_form(&form->screen);
    return NULL;
}

void account_form_open(struct app *app, int64_t account)
{
    struct form *form = new_form(app, PART_TOKENS);
    if (!form) return;
    form->number = account;
    screen_push(&form->screen);
}

void account_form_new(struct app *app, void (*created)(void *arg, int64_t account), void *arg)
{
    struct form *form = new_form(app, PART_NAME);
    if (!form) return;
    if (token_builder_init(&form->builder, app->store)) {
        app_say_error(app);
        close_form(&form->screen);
        return;
    }
    form->makes_token = true;
    form->created = created;
    form->created_arg = arg;
    field_propose(&form->builder.name, "default");
    screen_push(&form->screen);
}
