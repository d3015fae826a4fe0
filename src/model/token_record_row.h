/* Inside of the model: what the files about whole tokens share. */
#ifndef GATEHOUSE_MODEL_TOKEN_RECORD_ROW_H
#define GATEHOUSE_MODEL_TOKEN_RECORD_ROW_H

#include <gatehouse/token_record.h>

#include "json.h"

/* The fields of `which` (RECORD_…), as they stand in events. */
json_t *token_record_json(struct store *store, const struct token_record *record, int which);
/* Writes an event about a token; steals both objects. */
enum error token_record_event(const struct act *act, const char *kind,
                              const struct token_record *record, json_t *before,
                              json_t *after) MUST_CHECK;

#endif
