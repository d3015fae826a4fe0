/* Inside of transfer: what the files about importing share. */
#ifndef GATEHOUSE_SRC_TRANSFER_IMPORT_H
#define GATEHOUSE_SRC_TRANSFER_IMPORT_H

#include "src/transfer/job.h"

/* An account of the file that may be taken over. */
struct import_item {
    json_t *object;
    struct wish_account wish; /* without groups and permissions, which are written first */
};
struct import {
    struct job *job;
    size_t count;
    struct import_item *items;
    json_t *names;       /* name of an account -> its place */
    json_t *digests;     /* hex -> place */
    json_t *permissions; /* id -> true */
    json_t *groups;      /* folded name -> {"name", "permissions": {id: true}} */
};

/* Checks one account and keeps it, or reports why not. */
enum error import_account(struct import *import, json_t *object, const char *place) MUST_CHECK;
/* The tokens of an account that is being checked. */
enum error import_tokens(struct import *import, json_t *list, struct wish_account *wish) MUST_CHECK;

/* Gathers what an account that is taken over brings, reporting what it refuses. */
enum error import_gather(struct import *import, const struct import_item *item) MUST_CHECK;
/* Fills in groups and permissions of an account; all of them are in the database by now. */
enum error import_resolve(struct import *import, struct import_item *item) MUST_CHECK;

#endif
