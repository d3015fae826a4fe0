#include "ui/kit/scroll_bar.h"

enum { ENDS = 2 };

static int thumb_length(int64_t shown, int64_t total, int height)
{
    int64_t length = (2 * shown * height + total) / (2 * total); /* rounded */
    if (length > height - ENDS) return height - ENDS;
    return length < 1 ? 1 : (int)length;
}

struct scroll_thumb scroll_thumb(int64_t above, int64_t shown, int64_t total, int height)
{
    int64_t hidden = total - shown;
    if (shown < 1 || hidden < 1 || height <= ENDS) return (struct scroll_thumb){0};
    struct scroll_thumb thumb = {.length = thumb_length(shown, total, height)};
    int last = height - thumb.length;
    if (above >= hidden)
        thumb.first = last;
    else if (above > 0 && hidden > ENDS)
        thumb.first = 1 + (int)((above - 1) * (last - ENDS) / (hidden - ENDS));
    else if (above > 0)
        thumb.first = 1;
    return thumb;
}
