/* What the detail panes of the tabs show. Each reads what its row is about, by number, and adds
 * lines; see detail_read. */
#ifndef GATEHOUSE_UI_PANES_H
#define GATEHOUSE_UI_PANES_H

#include "ui/kit/detail.h"

enum error account_pane_read(struct store *store, int64_t now, int64_t account,
                             struct detail *out) MUST_CHECK;
enum error token_pane_read(struct store *store, int64_t now, int64_t token,
                           struct detail *out) MUST_CHECK;
enum error group_pane_read(struct store *store, int64_t now, int64_t group,
                           struct detail *out) MUST_CHECK;
enum error permission_pane_read(struct store *store, int64_t now, int64_t permission,
                                struct detail *out) MUST_CHECK;
enum error audit_pane_read(struct store *store, int64_t now, int64_t sequence,
                           struct detail *out) MUST_CHECK;

#endif
