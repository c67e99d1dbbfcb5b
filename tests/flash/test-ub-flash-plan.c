/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-flash-plan.h"

#include <string.h>

/* A chip small enough to try out every way: 32 sectors, erased by 1, 4, 16 or all of them. */
#define N_SECTORS 32
#define SIZE (N_SECTORS * UB_SECTOR_SIZE)
#define PAGES_PER_SECTOR (UB_SECTOR_SIZE / UB_PAGE_SIZE)
#define HZ 6000000

static const UbFlashPart small_part = {
  .name = "small",
  .size = SIZE,
  .erase = { { UB_SECTOR_SIZE, 0x20, 50000, 0 },
             { 4 * UB_SECTOR_SIZE, 0x52, 120000, 0 },
             { 16 * UB_SECTOR_SIZE, 0xD8, 250000, 0 } },
  .n_erase = 3,
  .chip_erase = { SIZE, 0xC7, 400000, 0 },
  .program_typical_us = 700,
};

typedef struct {
  guint8 current[SIZE];
  guint8 wanted[SIZE];
} Contents;

static Contents *
contents_new (guint8 current, guint8 wanted)
{
  Contents *self = g_new (Contents, 1);

  memset (self->current, current, SIZE);
  memset (self->wanted, wanted, SIZE);
  return self;
}

/* What the plan does to the chip, with all that its contract says checked on the way. */
static void
carry_out (const UbFlashPart *part,
           const UbFlashPlan *plan,
           const Contents *contents,
           const UbRange *preserved,
           guint n_preserved)
{
  g_autofree guint8 *chip = g_memdup2 (contents->current, part->size);
  guint n_pages, next_page = 0, n_touched = 0;
  guint32 end = 0;
  guint64 n_bytes = 0;
  const guint32 *pages = ub_flash_plan_get_pages (plan, &n_pages);

  for (guint i = 0; i < ub_flash_plan_get_n_units (plan); i++) {
    const UbFlashUnit *unit = ub_flash_plan_get_unit (plan, i);
    const UbRange *range = &unit->range;

    g_assert_cmpuint (range->address, >=, end);
    end = range->address + range->size;
    g_assert_cmpuint (end, <=, part->size);
    n_touched += range->size / UB_SECTOR_SIZE;
    n_bytes += range->size;

    if (unit->erase_index == UB_FLASH_UNIT_CHIP_ERASE) {
      g_assert_cmpuint (range->size, ==, part->size);
      g_assert_cmpuint (n_preserved, ==, 0);
    } else if (unit->erase_index != UB_FLASH_UNIT_NO_ERASE) {
      g_assert_cmpuint (range->size, ==, part->erase[unit->erase_index].size);
      g_assert_cmpuint (range->address % range->size, ==, 0);
      for (guint j = 0; j < n_preserved && unit->erase_index > 0; j++)
        g_assert_true (preserved[j].address >= end ||
                       preserved[j].address + preserved[j].size <= range->address);
    } else {
      g_assert_cmpuint (range->size, <=, 64 * 1024);
    }
    if (unit->erase_index != UB_FLASH_UNIT_NO_ERASE)
      memset (chip + range->address, 0xFF, range->size);

    g_assert_cmpuint (unit->first_page, ==, next_page);
    next_page += unit->n_pages;
    for (guint j = unit->first_page; j < next_page; j++) {
      gsize at = (gsize) pages[j] * UB_PAGE_SIZE;

      g_assert_true (at >= range->address && at < end);
      for (guint k = 0; k < UB_PAGE_SIZE; k++)
        chip[at + k] &= contents->wanted[at + k];
    }
  }
  g_assert_cmpuint (next_page, ==, n_pages);
  g_assert_cmpuint (n_bytes, ==, ub_flash_plan_get_n_bytes (plan));
  g_assert_cmpuint (n_touched + ub_flash_plan_get_n_sectors_skipped (plan), ==,
                    part->size / UB_SECTOR_SIZE);
  g_assert_cmpmem (chip, part->size, contents->wanted, part->size);
}

static guint
count_data_pages (const guint8 *data, const guint8 *other)
{
  guint n = 0;

  for (guint i = 0; i < PAGES_PER_SECTOR; i++) {
    const guint8 *page = data + i * UB_PAGE_SIZE;
    gboolean blank = page[0] == 0xFF && memcmp (page, page + 1, UB_PAGE_SIZE - 1) == 0;

    n += other != NULL ? memcmp (page, other + i * UB_PAGE_SIZE, UB_PAGE_SIZE) != 0 : !blank;
  }
  return n;
}

/* Seconds that a set of erases takes, worked out from the words of the issue alone; infinite if it leaves a
 * bit that must rise. @erased tells the sectors that some erase covers. */
static double
get_cost (const Contents *contents, double erases_s, const gboolean *erased)
{
  double byte_s = 8.0 / HZ, page_s = small_part.program_typical_us / 1e6 + (9 + 256) * byte_s;
  double seconds = erases_s;

  for (guint i = 0; i < N_SECTORS; i++) {
    const guint8 *current = contents->current + i * UB_SECTOR_SIZE;
    const guint8 *wanted = contents->wanted + i * UB_SECTOR_SIZE;

    if (erased[i]) {
      seconds += count_data_pages (wanted, NULL) * page_s + UB_SECTOR_SIZE * byte_s;
    } else if (memcmp (current, wanted, UB_SECTOR_SIZE) != 0) {
      for (guint j = 0; j < UB_SECTOR_SIZE; j++) {
        if ((current[j] & wanted[j]) != wanted[j])
          return G_MAXDOUBLE;
      }
      seconds += count_data_pages (wanted, current) * page_s + UB_SECTOR_SIZE * byte_s;
    }
  }
  return seconds;
}

static double
get_erase_seconds (guint typical_us)
{
  return typical_us / 1e6 + 9 * 8.0 / HZ;
}

/* Tries every set of blocks of 16 and of 4 sectors and the whole chip; single sectors where they are needed and
 * where nothing larger covers them: to erase one that does not need it is never cheaper. */
static double
find_cheapest (const Contents *contents, const gboolean *is_kept)
{
  double best = G_MAXDOUBLE;

  for (guint blocks16 = 0; blocks16 < 1u << (N_SECTORS / 16); blocks16++) {
    for (guint blocks4 = 0; blocks4 < 1u << (N_SECTORS / 4); blocks4++) {
      gboolean erased[N_SECTORS] = { FALSE };
      gboolean allowed = TRUE;
      double seconds = 0;

      for (guint i = 0; i < N_SECTORS; i++) {
        erased[i] = (blocks16 >> (i / 16) & 1) || (blocks4 >> (i / 4) & 1);
        allowed = allowed && !(erased[i] && is_kept[i]);
      }
      if (!allowed)
        continue;
      seconds += __builtin_popcount (blocks16) * get_erase_seconds (250000) +
                 __builtin_popcount (blocks4) * get_erase_seconds (120000);
      for (guint i = 0; i < N_SECTORS; i++) {
        gboolean alone[N_SECTORS];

        if (erased[i])
          continue;
        for (guint j = 0; j < N_SECTORS; j++)
          alone[j] = j != i;
        if (get_cost (contents, 0, alone) < G_MAXDOUBLE)
          continue;
        erased[i] = TRUE;
        seconds += get_erase_seconds (50000);
      }
      best = MIN (best, get_cost (contents, seconds, erased));
    }
  }
  if (memchr (is_kept, TRUE, N_SECTORS * sizeof (gboolean)) == NULL) {
    gboolean all[N_SECTORS];

    for (guint i = 0; i < N_SECTORS; i++)
      all[i] = TRUE;
    best = MIN (best, get_cost (contents, get_erase_seconds (400000), all));
  }
  return best;
}

static void
make_random (Contents *contents, GRand *rand)
{
  guint p_same = g_rand_int_range (rand, 0, 4), p_blank = g_rand_int_range (rand, 0, 4);

  for (guint i = 0; i < N_SECTORS; i++) {
    guint8 *current = contents->current + i * UB_SECTOR_SIZE;
    guint8 *wanted = contents->wanted + i * UB_SECTOR_SIZE;

    memset (wanted, 0xFF, UB_SECTOR_SIZE);
    if (g_rand_int_range (rand, 0, 4) >= (gint) p_blank) {
      for (guint j = 0; j < PAGES_PER_SECTOR; j++) {
        if (g_rand_boolean (rand))
          memset (wanted + j * UB_PAGE_SIZE, g_rand_int_range (rand, 0, 255), UB_PAGE_SIZE - 3);
      }
    }
    memcpy (current, wanted, UB_SECTOR_SIZE);
    if (g_rand_int_range (rand, 0, 4) < (gint) p_same)
      continue;
    switch (g_rand_int_range (rand, 0, 3)) {
    case 0: /* a bit must rise */
      current[g_rand_int_range (rand, 0, UB_SECTOR_SIZE)] &= 0x5A;
      break;
    case 1: /* bits must fall, if any */
      memset (current + g_rand_int_range (rand, 0, PAGES_PER_SECTOR) * UB_PAGE_SIZE, 0xFF,
              UB_PAGE_SIZE);
      break;
    default:
      memset (current, 0xFF, UB_SECTOR_SIZE);
      break;
    }
  }
}

static void
test_cheapest (void)
{
  g_autofree Contents *contents = contents_new (0xFF, 0xFF);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7231);
  guint n_larger = 0;

  for (guint round = 0; round < 40; round++) {
    gboolean is_kept[N_SECTORS] = { FALSE };
    UbRange preserved[2];
    guint n_preserved = (guint) g_rand_int_range (rand, 0, 3);
    g_autoptr (UbFlashPlan) plan = NULL;

    make_random (contents, rand);
    for (guint i = 0; i < n_preserved; i++) {
      guint sector = (guint) g_rand_int_range (rand, 0, N_SECTORS);

      preserved[i] = (UbRange) { sector * UB_SECTOR_SIZE, UB_SECTOR_SIZE };
      memcpy (contents->wanted + preserved[i].address, contents->current + preserved[i].address,
              UB_SECTOR_SIZE);
      is_kept[sector] = TRUE;
    }

    plan = ub_flash_plan_new (&small_part, contents->current, contents->wanted, preserved,
                              n_preserved, HZ);
    carry_out (&small_part, plan, contents, preserved, n_preserved);
    g_assert_cmpfloat_with_epsilon (ub_flash_plan_get_seconds (plan),
                                    find_cheapest (contents, is_kept), 1e-3);
    for (guint i = 0; i < ub_flash_plan_get_n_units (plan); i++)
      n_larger += ub_flash_plan_get_unit (plan, i)->range.size > UB_SECTOR_SIZE &&
                  ub_flash_plan_get_unit (plan, i)->erase_index != UB_FLASH_UNIT_NO_ERASE;
  }
  /* Otherwise this test would say nothing about the choice. */
  g_assert_cmpuint (n_larger, >, 10);
}

typedef struct {
  const char *name;
  UbRange dirty; /* holds zeros, everything else is blank */
  UbRange data; /* is to hold 0x5A, everything else is to be blank */
  UbRange preserved; /* is to hold what it holds */
  guint n_units;
  UbFlashUnit first; /* the first unit */
  guint n_skipped;
} PlanCase;

#define S UB_SECTOR_SIZE

static const PlanCase plan_cases[] = {
  { "nothing", { 0, 0 }, { 0, 0 }, { 0, 0 }, 0, { { 0, 0 }, 0, 0, 0 }, 32 },
  { "same-data", { 0, 0 }, { 0, 0 }, { 8 * S, S }, 0, { { 0, 0 }, 0, 0, 0 }, 32 },
  /* Blank before: no erase; only the pages with data. */
  { "program-one-page",
    { 0, 0 },
    { 3 * S + 256, 256 },
    { 0, 0 },
    1,
    { { 3 * S, S }, UB_FLASH_UNIT_NO_ERASE, 0, 1 },
    31 },
  { "program-across-pages",
    { 0, 0 },
    { 3 * S + 255, 2 },
    { 0, 0 },
    1,
    { { 3 * S, S }, UB_FLASH_UNIT_NO_ERASE, 0, 2 },
    31 },
  { "program-run",
    { 0, 0 },
    { 3 * S, 4 * S },
    { 0, 0 },
    1,
    { { 3 * S, 4 * S }, UB_FLASH_UNIT_NO_ERASE, 0, 64 },
    28 },
  { "program-run-split-at-64k",
    { 0, 0 },
    { 15 * S, 2 * S },
    { 0, 0 },
    2,
    { { 15 * S, S }, UB_FLASH_UNIT_NO_ERASE, 0, 16 },
    30 },
  /* Zeros before: erase, and nothing to program where it is to be blank. */
  { "erase-one", { 5 * S + 7, 1 }, { 0, 0 }, { 0, 0 }, 1, { { 5 * S, S }, 0, 0, 0 }, 31 },
  { "erase-and-program", { 5 * S, 1 }, { 5 * S, S }, { 0, 0 }, 1, { { 5 * S, S }, 0, 0, 16 }, 31 },
  { "erase-two-apart", { 5 * S, 2 * S }, { 0, 0 }, { 0, 0 }, 2, { { 5 * S, S }, 0, 0, 0 }, 30 },
  /* Three times 50 ms is more than once 120 ms, though a fourth sector must be read back. */
  { "erase-three-as-four",
    { 4 * S, 3 * S },
    { 0, 0 },
    { 0, 0 },
    1,
    { { 4 * S, 4 * S }, 1, 0, 0 },
    28 },
  { "erase-sixteen", { 0, 16 * S }, { 0, 0 }, { 0, 0 }, 1, { { 0, 16 * S }, 2, 0, 0 }, 16 },
  { "erase-all",
    { 0, 32 * S },
    { 0, 0 },
    { 0, 0 },
    1,
    { { 0, 32 * S }, UB_FLASH_UNIT_CHIP_ERASE, 0, 0 },
    0 },
  /* What is preserved keeps larger blocks away. */
  { "erase-all-but-one", { 0, 32 * S }, { 0, 0 }, { 31 * S, S }, 7, { { 0, 16 * S }, 2, 0, 0 }, 1 },
  { "erase-beside-preserved",
    { 4 * S, 3 * S },
    { 0, 0 },
    { 7 * S, 16 },
    3,
    { { 4 * S, S }, 0, 0, 0 },
    29 },
  /* Part of a sector is preserved: the sector by itself may be erased. */
  { "erase-around-preserved",
    { 4 * S, S },
    { 0, 0 },
    { 4 * S + 256, 256 },
    1,
    { { 4 * S, S }, 0, 0, 1 },
    31 },
};

static void
test_case (gconstpointer data)
{
  const PlanCase *c = data;
  g_autofree Contents *contents = contents_new (0xFF, 0xFF);
  guint n_preserved = c->preserved.size > 0;
  g_autoptr (UbFlashPlan) plan = NULL;

  memset (contents->current + c->dirty.address, 0x00, c->dirty.size);
  memset (contents->wanted + c->data.address, 0x5A, c->data.size);
  if (g_str_equal (c->name, "same-data"))
    memset (contents->current + c->preserved.address, 0x11, c->preserved.size);
  memcpy (contents->wanted + c->preserved.address, contents->current + c->preserved.address,
          c->preserved.size);

  plan = ub_flash_plan_new (&small_part, contents->current, contents->wanted, &c->preserved,
                            n_preserved, HZ);
  carry_out (&small_part, plan, contents, &c->preserved, n_preserved);
  g_assert_cmpuint (ub_flash_plan_get_n_units (plan), ==, c->n_units);
  g_assert_cmpuint (ub_flash_plan_get_n_sectors_skipped (plan), ==, c->n_skipped);
  if (c->n_units > 0) {
    const UbFlashUnit *unit = ub_flash_plan_get_unit (plan, 0);

    g_assert_cmphex (unit->range.address, ==, c->first.range.address);
    g_assert_cmphex (unit->range.size, ==, c->first.range.size);
    g_assert_cmpint (unit->erase_index, ==, c->first.erase_index);
    g_assert_cmpuint (unit->n_pages, ==, c->first.n_pages);
  } else {
    g_assert_cmpfloat (ub_flash_plan_get_seconds (plan), ==, 0);
  }
}

/* At 30 kHz a page takes 70 ms to send: what a larger block would destroy is worth keeping. */
static void
test_clock_matters (void)
{
  g_autofree Contents *contents = contents_new (0x5A, 0x5A);
  g_autoptr (UbFlashPlan) fast = NULL;
  g_autoptr (UbFlashPlan) slow = NULL;

  for (guint i = 0; i < 14; i++)
    contents->current[i * S] = 0;
  fast = ub_flash_plan_new (&small_part, contents->current, contents->wanted, NULL, 0, 30000000);
  slow = ub_flash_plan_new (&small_part, contents->current, contents->wanted, NULL, 0, 30000);
  g_assert_cmpuint (ub_flash_plan_get_n_units (fast), ==, 1);
  g_assert_cmpuint (ub_flash_plan_get_n_sectors_skipped (slow), ==, 18);
  carry_out (&small_part, fast, contents, NULL, 0);
  carry_out (&small_part, slow, contents, NULL, 0);
}

/* A part of which no more is known than that it erases sectors. */
static void
test_guessed_part (void)
{
  g_autofree Contents *contents = contents_new (0x00, 0xFF);
  UbFlashPart part;
  g_autoptr (UbFlashPlan) plan = NULL;

  g_assert_true (ub_flash_part_guess (0x123411, &part));
  g_assert_cmpuint (part.size, ==, SIZE);
  plan = ub_flash_plan_new (&part, contents->current, contents->wanted, NULL, 0, HZ);
  g_assert_cmpuint (ub_flash_plan_get_n_units (plan), ==, N_SECTORS);
  carry_out (&part, plan, contents, NULL, 0);
}

static void
test_preserved_must_be_same (void)
{
  g_autofree Contents *contents = contents_new (0x00, 0xFF);
  UbRange preserved = { 0, 1 };

  g_test_expect_message ("ub-flash-plan", G_LOG_LEVEL_CRITICAL, "*are_preserved*");
  g_assert_null (
      ub_flash_plan_new (&small_part, contents->current, contents->wanted, &preserved, 1, HZ));
  g_test_assert_expected_messages ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/flash-plan/cheapest", test_cheapest);
  for (guint i = 0; i < G_N_ELEMENTS (plan_cases); i++) {
    g_autofree char *path = g_strconcat ("/flash-plan/case/", plan_cases[i].name, NULL);

    g_test_add_data_func (path, &plan_cases[i], test_case);
  }
  g_test_add_func ("/flash-plan/clock-matters", test_clock_matters);
  g_test_add_func ("/flash-plan/guessed-part", test_guessed_part);
  g_test_add_func ("/flash-plan/preserved-must-be-same", test_preserved_must_be_same);

  return g_test_run ();
}
