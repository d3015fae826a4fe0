/* The tab Service Accounts. */
#ifndef GATEHOUSE_UI_ACCOUNTS_H
#define GATEHOUSE_UI_ACCOUNTS_H

#include <gatehouse/error.h>

struct app;
enum error accounts_open(struct app *app) MUST_CHECK;

#endif
