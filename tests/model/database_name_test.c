#include <gatehouse/database.h>

#include <criterion/criterion.h>

static void expect(const char *path, const char *expected)
{
    char name[DATABASE_NAME_SIZE];
    database_name(path, name);
    cr_expect_str_eq(name, expected);
}

Test(database_name, a_path_is_printed_as_it_is)
{
    expect("/var/lib/gatehouse/gatehouse.db", "/var/lib/gatehouse/gatehouse.db");
    expect("a:b@c?password=d", "a:b@c?password=d");
}

Test(database_name, no_password_of_an_address_is_printed)
{
    expect("postgresql://north/g", "postgresql://north/g");
    expect("postgresql://mara@north/g", "postgresql://mara@north/g");
    expect("postgresql://mara:hush@north:5432/g", "postgresql://mara@north:5432/g");
    expect("postgres://mara:hu@sh@north,south/g", "postgres://mara@north,south/g");
    expect("postgresql:///g?host=/run&password=hush&user=mara",
           "postgresql:///g?host=/run&password=&user=mara");
    expect("postgresql:///g?password=hush", "postgresql:///g?password=");
    expect("postgresql:///g?sslpassword=hush&password=hush",
           "postgresql:///g?sslpassword=&password=");
}
