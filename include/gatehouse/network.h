/* Networks from which a token may be used. */
#ifndef GATEHOUSE_NETWORK_H
#define GATEHOUSE_NETWORK_H

#include <gatehouse/error.h>

enum { NETWORK_TEXT_SIZE = 50 };

/* Brings "10.1.2.3/8", "10.0.0.1" or "2001:DB8::/32" into the one form that is stored: lower case,
 * no bits behind the prefix, the prefix always there. ERR_INVALID. */
enum error network_canonical(const char *typed, char out[static NETWORK_TEXT_SIZE]) MUST_CHECK;

#endif
