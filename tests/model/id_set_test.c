/* Sets of numbers, compared with a list of which numbers are in. */
#include <criterion/criterion.h>

#include <gatehouse/id_set.h>

enum { NUMBERS = 40 };

static void expect_set(const struct id_set *set, const bool in[static NUMBERS])
{
    size_t at = 0;
    for (int id = 0; id < NUMBERS; id++) {
        cr_assert_eq(id_set_has(set, id), in[id], "%d", id);
        if (!in[id]) continue;
        cr_assert_lt(at, set->count);
        cr_assert_eq(set->ids[at++], id, "in order");
    }
    cr_assert_eq(set->count, at);
}

Test(id_set, holds_each_number_once_in_order_whatever_comes_and_goes)
{
    struct id_set set = {0};
    bool in[NUMBERS] = {0};
    for (int i = 0; i < 300; i++) {
        int id = i * 17 % NUMBERS;
        if (i % 5 == 3 || i % 7 == 2) {
            id_set_remove(&set, id);
            in[id] = false;
        } else {
            cr_assert_eq(id_set_add(&set, id), OK);
            in[id] = true;
        }
        expect_set(&set, in);
    }
    id_set_remove(&set, -1);
    id_set_remove(&set, NUMBERS);
    expect_set(&set, in);
    id_set_free(&set);
    cr_assert(!set.ids && !set.count && !set.capacity);
}

static struct id_set set_of(unsigned bits)
{
    struct id_set set = {0};
    for (int id = 0; id < 4; id++)
        if (bits >> id & 1) cr_assert_eq(id_set_add(&set, id), OK);
    return set;
}

Test(id_set, is_equal_to_its_copy_and_to_no_other)
{
    for (unsigned a = 0; a < 16; a++)
        for (unsigned b = 0; b < 16; b++) {
            struct id_set one = set_of(a), other = set_of(b), copy;
            cr_assert_eq(id_set_equal(&one, &other), a == b);
            cr_assert_eq(id_set_copy(&copy, &one), OK);
            cr_assert(id_set_equal(&one, &copy));
            cr_assert_eq(id_set_add(&copy, 9), OK, "there is room for more");
            cr_assert(!id_set_has(&one, 9) && id_set_has(&copy, 9));
            id_set_free(&one);
            id_set_free(&other);
            id_set_free(&copy);
        }
}

/* Each number stays or goes as the one who changed it says. */
Test(id_set, a_merge_keeps_what_either_of_two_changed)
{
    for (unsigned base = 0; base < 16; base++)
        for (unsigned mine = 0; mine < 16; mine++)
            for (unsigned theirs = 0; theirs < 16; theirs++) {
                struct id_set was = set_of(base), my = set_of(mine), their = set_of(theirs), merged;
                struct id_set expected = set_of((theirs & ~(base & ~mine)) | (mine & ~base));
                cr_assert_eq(id_set_merge(&was, &my, &their, &merged), OK);
                cr_assert(id_set_equal(&merged, &expected), "%u %u %u", base, mine, theirs);
                id_set_free(&was);
                id_set_free(&my);
                id_set_free(&their);
                id_set_free(&merged);
                id_set_free(&expected);
            }
}
