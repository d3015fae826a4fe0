/* The picker of facets: counts fill in while it is open. */
#ifndef GATEHOUSE_UI_FACETS_H
#define GATEHOUSE_UI_FACETS_H

#include "ui/app.h"

#include <gatehouse/token_query.h>

/* Counts are of `filter`, which is copied. `picked` returns effects for the screen below. */
void facets_open(struct app *app, const char *filter, enum token_facet present,
                 int (*picked)(struct app *app, void *arg, enum token_facet facet), void *arg);

#endif
