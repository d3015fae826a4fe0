#include <gatehouse/stored_text.h>
#include <gatehouse/token_format.h>

#include <string.h>

enum error stored_text_check(const char *what, const char *text)
{
    if (!token_format_find(text, strlen(text))) return OK;
    return fail(
        ERR_INVALID,
        "%s contains a token, which is a secret: remove it. If others may have seen it, revoke it",
        what);
}
