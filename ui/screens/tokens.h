/* The tab of all tokens. */
#ifndef GATEHOUSE_UI_TOKENS_H
#define GATEHOUSE_UI_TOKENS_H

#include "ui/app.h"
#include "ui/kit/columns.h"

#include <gatehouse/search.h>
#include <gatehouse/token_query.h>

enum error tokens_open(struct app *app) MUST_CHECK;
/* Shows what a search that was kept asks for; the tab must be on top. Returns effects. */
int tokens_apply(struct app *app, const struct search *search);

extern const struct columns tokens_columns;

#endif
