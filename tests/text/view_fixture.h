/* Tables and an arena for tests of views, as cmocka's group fixtures. */
#ifndef TESTS_TEXT_VIEW_FIXTURE_H
#define TESTS_TEXT_VIEW_FIXTURE_H

#include "text/view.h"

static struct view_tables *tables;
static struct arena *arena;

static inline int
set_up(void **state)
{
    (void)state;
    return view_tables_create(&tables) != STATUS_OK || arena_create((size_t)64 << 20, &arena) != STATUS_OK;
}

static inline int
tear_down(void **state)
{
    (void)state;
    view_tables_destroy(&tables);
    arena_destroy(&arena);
    return 0;
}

#endif
