/* The difference that a change makes to effective permissions, in words, for confirmations. */
#ifndef GATEHOUSE_UI_WHATIF_TEXT_H
#define GATEHOUSE_UI_WHATIF_TEXT_H

#include "ui/app.h"

#include <gatehouse/whatif.h>

/* Works out the difference, with progress, and writes the text. false: failed or stopped, and said
 * so. */
bool whatif_describe(struct app *app, const struct whatif_change *change, char *out, size_t size);
/* The same; *accounts: how many accounts are affected. */
bool whatif_describe_count(struct app *app, const struct whatif_change *change, char *out,
                           size_t size, int64_t *accounts);

#endif
