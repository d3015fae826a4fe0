/* Inside of the model: a few rows of a table, picked evenly by number, each by one look-up. The
 * numbers say when a row was made, so what is picked is fair to any order but for chance. */
#ifndef GATEHOUSE_MODEL_SAMPLE_H
#define GATEHOUSE_MODEL_SAMPLE_H

#define SAMPLE_PICKS                                                                               \
    "WITH RECURSIVE pick(step) AS (VALUES (0) UNION ALL SELECT step + 1 FROM pick WHERE step < "   \
    "199) "
/* The row of a pick; needs SAMPLE_PICKS before the SELECT and `pick` before the table. */
#define SAMPLE_NUMBER(table)                                                                       \
    "(SELECT min(one.number) FROM " table " one WHERE one.number > step * (SELECT max(number) "    \
    "FROM " table ") / 200)"

enum { SAMPLE_LEAST = 20 }; /* fewer that match say too little */

#endif
