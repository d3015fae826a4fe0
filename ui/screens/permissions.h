/* The tab Permissions: the catalogue, and who holds what. */
#ifndef GATEHOUSE_UI_PERMISSIONS_H
#define GATEHOUSE_UI_PERMISSIONS_H

#include "ui/app.h"

enum error permissions_open(struct app *app) MUST_CHECK;

#endif
