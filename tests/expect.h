/* Assertions about errors; a failure shows the sentence. */
#ifndef GATEHOUSE_TESTS_EXPECT_H
#define GATEHOUSE_TESTS_EXPECT_H

#include <criterion/criterion.h>
#include <gatehouse/error.h>
#include <string.h>

#define cr_assert_ok(call)                                                                         \
    do {                                                                                           \
        enum error e_ = (call);                                                                    \
        cr_assert_eq(e_, OK, "%s: %s", #call, error_message());                                    \
    } while (0)
#define cr_assert_refused(call, code, part)                                                        \
    do {                                                                                           \
        enum error e_ = (call);                                                                    \
        cr_assert_eq(e_, code, "%s: %d, %s", #call, (int)e_, error_message());                     \
        cr_assert(strstr(error_message(), part), "“%s” lacks “%s”", error_message(), part);        \
    } while (0)

#endif
