/* Numbers that count rows, kept in the same transaction as what they count. Many rows of a
 * transaction often add to one number: what is added is collected, and written before the commit,
 * or by counter_settle before one of the numbers is read. */
#ifndef GATEHOUSE_MODEL_COUNTER_H
#define GATEHOUSE_MODEL_COUNTER_H

#include <gatehouse/store.h>

/* Inside a transaction that writes. `name` lives until its end. */
enum error counter_add(struct store *store, const char *name, int64_t by) MUST_CHECK;
/* The same for a column of a row: `sql` is a literal that adds :by to it in the row :id. */
enum error counter_add_to(struct store *store, const char *sql, int64_t id, int64_t by) MUST_CHECK;
enum error counter_settle(struct store *store) MUST_CHECK;
enum error counter_get(struct store *store, const char *name, int64_t *value) MUST_CHECK;
/* To be called by every change that can affect what a token may do. */
enum error generation_bump(struct store *store) MUST_CHECK;

#endif
