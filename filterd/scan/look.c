#include "scan/look.h"

enum status
look_make(const struct state *state, struct slice name, char out[LOOK_MAX_BYTES])
{
    struct slice plain, skeleton;
    size_t count = 0;
    enum status status = view_fold_literal(state->common->views, state->arena, name, &plain, &skeleton);
    for (size_t i = 0; status == STATUS_OK && i < skeleton.bytes && count + 1 < LOOK_MAX_BYTES; i++) {
        char c = (char)skeleton.data[i], before = count ? out[count - 1] : '\0';
        c = c == '1' || c == 'i' ? 'l' : c == '0' ? 'o' : c;
        if ((c == 'n' && before == 'r') || (c == 'v' && before == 'v'))
            out[count - 1] = c == 'n' ? 'm' : 'w';
        else
            out[count++] = c;
    }
    out[count] = '\0';
    return status;
}
