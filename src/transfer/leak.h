/* Tokens that stand where a file to import has text for people. */
#ifndef GATEHOUSE_SRC_TRANSFER_LEAK_H
#define GATEHOUSE_SRC_TRANSFER_LEAK_H

#include "src/transfer/job.h"

/* Takes every token out of every string of the file except the fields "tokenID", and notes the
 * place: valid tokens of Gatehouse, and the values of the fields "tokenID" of this same file. */
enum error leaks_remove(struct job *job) MUST_CHECK;

#endif
