/* The Audit tab: who did what, when and from where, the newest first. */
#ifndef GATEHOUSE_UI_AUDIT_H
#define GATEHOUSE_UI_AUDIT_H

#include "ui/app.h"

enum error audit_open(struct app *app) MUST_CHECK;

#endif
