/* The chain of events: checking it, and its head to be kept elsewhere. Both return effects. */
#ifndef GATEHOUSE_UI_AUDIT_CHAIN_H
#define GATEHOUSE_UI_AUDIT_CHAIN_H

#include "ui/app.h"

int audit_chain_verify(struct app *app);
int audit_chain_head(struct app *app);

#endif
