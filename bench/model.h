/* The parts that are measured at the model, in process. */
#ifndef GATEHOUSE_BENCH_MODEL_H
#define GATEHOUSE_BENCH_MODEL_H

#include "bench.h"

#include <gatehouse/actor.h>

/* Also creates the vault of the database: tokens are sealed from then on. */
void model_issue(const struct bench *bench, const struct act *act);
void model_bulk(const struct bench *bench, const struct act *act);

#endif
