#include "ui/screens/form.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_SHOWN = 1000 };

enum error form_details(const struct form *form, struct account_details *out)
{
    *out = (struct account_details){.description = strdup(form->description.text),
                                    .owner = strdup(form->owner.text)};
    enum error e = out->description && out->owner ? OK : fail(ERR_SYSTEM, "out of memory");
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

/* A field shows no unprintable bytes that a stored text may hold: opening it changes nothing yet.
 */
static enum error keep_shown(char **saved, const struct field *field)
{
    char *shown = strdup(field->text);
    if (!shown) return fail(ERR_SYSTEM, "out of memory");
    free(*saved);
    *saved = shown;
    return OK;
}

static enum error fill_fields(struct form *form)
{
    struct account_details details;
    enum error e = account_details_load(form->app->store, form->number, &details, &form->version);
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
    if (!details) return fail(ERR_SYSTEM, "out of memory");
    free(form->token_details);
    form->token_details = details;
    form->has_details = false;
    enum error e = OK;
    for (size_t i = 0; i < count && !e; i++) {
        e = token_detail(form->app->store, form->now, &form->tokens->items[i], details[i]);
        form->has_details |= details[i][0] != 0;
    }
    return e;
}

static enum error fill_tokens(struct form *form)
{
    struct token_rows *tokens;
    struct store *store = form->app->store;
    enum error e = token_list(store, form->now, form->number, false, &tokens);
    if (e) return e;
    free(form->tokens);
    form->tokens = tokens;
    e = fill_details(form);
    if (e) return e;
    /* The cursor stays on its token wherever that stands now. */
    if (form->token_at >= tokens->count) form->token_at = tokens->count ? tokens->count - 1 : 0;
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->items[i].number == form->token_number) form->token_at = i;
    form->token_number = tokens->count ? tokens->items[form->token_at].number : 0;
    return token_get_counts(store, form->now, form->number, &form->counts);
}

enum error form_load_sources(struct form *form)
{
    struct permission_sources *sources;
    enum error e =
        permission_effective_staged(form->app->store, &form->groups, &form->permissions, &sources);
    if (e) return e;
    free(form->sources);
    form->sources = sources;
    return OK;
}

static enum error fill_lists(struct form *form)
{
    struct group_rows *groups;
    struct permissions *catalogue;
    enum error e = group_list(form->app->store, "", GROUPS_SHOWN, &groups);
    if (e) return e;
    free(form->all_groups);
    form->all_groups = groups;
    e = permission_list(form->app->store, &catalogue);
    if (e) return e;
    free(form->catalogue);
    form->catalogue = catalogue;
    if (form->grid.at >= catalogue->count) form->grid.at = 0;
    return form_load_sources(form);
}

enum error form_fill(struct form *form)
{
    form->now = ambient_now();
    enum error e = OK;
    if (form->number) e = account_get(form->app->store, form->now, form->number, &form->account);
    /* What is being typed stays; whoever wrote meanwhile is met at Update. */
    if (!e && form->number && (!form->loaded || !form_is_changed(form))) e = fill_fields(form);
    if (!e && form->number) e = fill_tokens(form);
    if (!e) e = fill_lists(form);
    if (!e) form->loaded = true;
    return e;
}
