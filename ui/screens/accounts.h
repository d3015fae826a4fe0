/* The tab Service Accounts. */
#ifndef GATEHOUSE_UI_ACCOUNTS_H
#define GATEHOUSE_UI_ACCOUNTS_H

#include <gatehouse/error.h>

#include "ui/kit/columns.h"

struct app;
enum error accounts_open(struct app *app) MUST_CHECK;

extern const struct columns accounts_columns;

#endif
