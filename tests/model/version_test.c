/* Numbers that tell details apart. */
#include "src/model/version.h"

#include <criterion/criterion.h>

struct details {
    const char *texts[2];
    int64_t one[3], other[3];
    size_t ones, others;
};

static int64_t version(const struct details *details)
{
    int64_t ids[2][3];
    for (int i = 0; i < 3; i++) {
        ids[0][i] = details->one[i];
        ids[1][i] = details->other[i];
    }
    const struct id_set one = {.count = details->ones, .ids = ids[0]};
    const struct id_set other = {.count = details->others, .ids = ids[1]};
    const struct id_set *const sets[] = {&one, &other};
    return version_of(details->texts, 2, sets, 2);
}

/* Also where the same bytes and numbers stand in other fields. */
Test(version, details_that_differ_have_different_versions)
{
    static const struct details all[] = {
        {{"", ""}, {0}, {0}, 0, 0},
        {{"a", ""}, {0}, {0}, 0, 0},
        {{"", "a"}, {0}, {0}, 0, 0},
        {{"ab", "c"}, {0}, {0}, 0, 0},
        {{"a", "bc"}, {0}, {0}, 0, 0},
        {{"", ""}, {1}, {0}, 1, 0},
        {{"", ""}, {0}, {1}, 0, 1},
        {{"", ""}, {1, 2}, {3}, 2, 1},
        {{"", ""}, {1}, {2, 3}, 1, 2},
        {{"", ""}, {1, 2, 3}, {0}, 3, 0},
        {{"", ""}, {1, 2, 4}, {0}, 3, 0},
        {{"", ""}, {INT64_MAX}, {0}, 1, 0},
        {{"", ""}, {INT64_MAX - (INT64_C(1) << 56)}, {0}, 1, 0},
        {{"\001", ""}, {0}, {0}, 0, 0},
    };
    enum { COUNT = sizeof all / sizeof *all };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            cr_expect_eq(version(&all[i]) == version(&all[j]), i == j, "%d, %d", i, j);
}

Test(version, a_text_that_is_not_there_is_empty)
{
    const struct details none = {{NULL, NULL}, {0}, {0}, 0, 0}, empty = {{"", ""}, {0}, {0}, 0, 0};
    cr_assert_eq(version(&none), version(&empty));
}
