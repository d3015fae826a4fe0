#ifndef GATEHOUSE_MODEL_DOCTOR_INTERNAL_H
#define GATEHOUSE_MODEL_DOCTOR_INTERNAL_H

#include <gatehouse/store.h>

/* Whether the tables, indices, triggers and views are those that our migrations make. */
enum error doctor_check_schema(struct store *store, void (*found)(const char *sentence, void *arg),
                               void *arg) MUST_CHECK;
/* Tokens that stand in names, descriptions and other texts. */
enum error doctor_check_texts(struct store *store, void (*found)(const char *sentence, void *arg),
                              void *arg) MUST_CHECK;

#endif
