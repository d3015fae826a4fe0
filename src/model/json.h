/* The objects that stand in audit events as before and after. */
#ifndef GATEHOUSE_MODEL_JSON_H
#define GATEHOUSE_MODEL_JSON_H

#include <gatehouse/audit.h>
#include <jansson.h>

/* Text of an untrusted byte string: what is not UTF-8 becomes a placeholder. Never NULL but for
 * memory. */
json_t *event_text(const char *text);
/* As audit_write, with the objects as jansson's; steals both (NULL is fine). */
enum error audit_write_json(const struct act *act, const char *kind, const char *subject,
                            int64_t account, int64_t token, json_t *before,
                            json_t *after) MUST_CHECK;

#endif
