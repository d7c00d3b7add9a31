/* text/gal_moji.h - a text in gal-moji read as kana: ぁレまωナニ〃らゎ is あほんだらわ.
 *
 * The signs of this fashion (ω for ん, ナょ for な, レヽ for い) stand one by one in faces, sums and other languages
 * too. A text that has several of them between letters is written in it; then the less certain ones (ナニ for た, < for
 * く) count as well, marks apart are composed, and small kana that nobody would write so are large.
 *
 * Threads: none shared. Errors: STATUS_TOO_LARGE when the arena is full.
 */
#ifndef TEXT_GAL_MOJI_H
#define TEXT_GAL_MOJI_H

#include "text/view.h"

/* Whether `plain` is written in gal-moji; takes some microseconds, so letters.h says first which texts may be. */
bool gal_moji_is_written(struct slice plain);

/* `plain` in kana; it leads back to the parent of `plain`. */
STATUS_CHECKED enum status gal_moji_read(struct arena *arena, const struct view *plain, struct view *kana_out);

#endif
