/* The tab of all tokens. */
#ifndef GATEHOUSE_UI_TOKENS_H
#define GATEHOUSE_UI_TOKENS_H

#include "ui/app.h"
#include "ui/kit/columns.h"

#include <gatehouse/search.h>

enum error tokens_open(struct app *app) MUST_CHECK;
/* Applies a saved search; the tab must be on top. Returns effects. */
int tokens_apply(struct app *app, const struct search *search);

extern const struct columns tokens_columns;

#endif
