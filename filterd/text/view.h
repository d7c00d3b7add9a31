/* text/view.h - transformed copies of a text, each with a map back.
 *
 * plain: NFKC casefold (ICU), of all digits and Latin letters in circles and boxes; default-ignorable code points, the
 * boxes of keycaps and gaps (LINE emoji) left out, but for a border in place of those that part what stands on both
 * sides (an earlier redaction); hyphen-like characters beside a digit become '-' (ー behind kana stays: サーバー2台);
 * kanji digits beside digits or in groups of three or more, hyphens between allowed, become ASCII digits (not 〇〇〇).
 * Line breaks and spaces stay.
 *
 * skeleton: plain, and: katakana -> hiragana, small kana -> large, separate voiced marks composed; separators left out
 * (spaces, symbols, punctuation, emoji, control characters, combining marks; not 、。!?「」『』() @, and line breaks
 * only beside a line of a single letter); 〜 and ~ are ー; rows of ー, and three or more of one character that is no
 * digit, written once; look-alike letters and variants of kanji folded. For literals only.
 *
 * Every byte of a view comes from a range of its parent (plain: the text; skeleton: plain). Ranges never decrease, are
 * whole characters, and a parent character is never split: what one parent character became leads back to all of it.
 * Rows of combining marks longer than 30 are cut before normalising (UAX #15 stream-safe), because ICU is quadratic
 * there; the cut marks lead back to the same segment. Threads: view_tables_create once, shared, immutable; the
 * functions use only the arena given.
 */
#ifndef TEXT_VIEW_H
#define TEXT_VIEW_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

struct view_tables; /* folding tables, made from ICU's data; about 100 ms to make */

struct view {
    struct slice text;    /* followed by INTAKE_PADDING_BYTES zeros, in the arena (or the parent's own bytes) */
    const uint32_t *from; /* per byte: start of its range in the parent; NULL = identity */
    const uint32_t *to;   /* per byte: end of that range */
    uint32_t parent_bytes;
    bool may_disguise; /* skeleton: the text has signs with which words are disguised (letters.h) */
};

STATUS_CHECKED enum status view_tables_create(struct view_tables **tables_out);
void view_tables_destroy(struct view_tables **tables);

/* A range of the text that the plain view does not show. */
struct view_gap {
    uint32_t start, end;
    bool is_border; /* VIEW_BORDER stands for it; else nothing does, and its neighbours meet */
};

/* Private use: every view keeps it, and it is part of no word, number or name. */
#define VIEW_BORDER 0xE000u

/* `gaps`: sorted, disjoint. STATUS_TOO_LARGE when the arena is full. */
STATUS_CHECKED enum status view_make_plain(const struct view_tables *tables, struct arena *arena, struct slice text,
                                           const struct view_gap *gaps, size_t gap_count, struct view *plain_out);
STATUS_CHECKED enum status view_make_skeleton(const struct view_tables *tables, struct arena *arena,
                                              const struct view *plain, struct view *skeleton_out);

/* The range of the parent that covers `span` of the view. An empty span gives an empty one. */
struct span view_to_parent(const struct view *view, struct span span);

/* The first byte of the view that comes from byte `at` of the parent, or from behind it; its length when none does. */
uint32_t view_from_parent(const struct view *view, uint32_t at);

/* plain and skeleton form of a dictionary string (at build time): appends to nothing, result in the arena. */
STATUS_CHECKED enum status view_fold_literal(const struct view_tables *tables, struct arena *arena,
                                             struct slice literal, struct slice *plain_out, struct slice *skeleton_out);

/* What the tables depend on ("icu 72.1 unicode 15.0 folds 1"): part of the ruleset hash. Static storage. */
const char *view_tables_version(void);

#endif
