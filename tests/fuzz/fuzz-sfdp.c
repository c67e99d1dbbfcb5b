/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"

#include "ub-flash-part.h"

#include <string.h>

/* An SFDP table as an unknown flash may send it, behind the three bytes of its JEDEC ID. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  UbFlashPart part;
  guint32 id;

  if (size < 3)
    return 0;
  id = data[0] << 16 | data[1] << 8 | data[2];
  memset (&part, 0, sizeof part);
  if (ub_flash_part_parse_sfdp (id, data + 3, size - 3, &part)) {
    /* What the planner and the writer divide by and wait for. */
    g_assert_cmpuint (part.size, >=, UB_SECTOR_SIZE);
    g_assert_cmpuint (part.n_erase, >=, 1);
    g_assert_cmpuint (part.n_erase, <=, UB_MAX_ERASE_TYPES);
    g_assert_cmpuint (part.erase[0].size, ==, UB_SECTOR_SIZE);
    for (guint i = 0; i < part.n_erase; i++) {
      g_assert_cmpuint (part.erase[i].size, >, 0);
      g_assert_cmpuint (part.erase[i].typical_us, >, 0);
      g_assert_cmpuint (part.erase[i].max_us, >=, part.erase[i].typical_us);
    }
    g_assert_cmpuint (part.n_status, >=, 1);
    g_assert_cmpuint (part.n_status, <=, 3);
    g_assert_cmpuint (part.program_typical_us, >, 0);
    g_assert_cmpuint (part.program_max_us, >=, part.program_typical_us);
  }
  if (ub_flash_part_guess (id, &part))
    g_assert_cmpuint (part.size, >=, UB_SECTOR_SIZE);
  return 0;
}
