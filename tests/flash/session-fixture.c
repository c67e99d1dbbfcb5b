/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "session-fixture.h"

#include <string.h>

void
session_watch_connecting (const UbConnectState *state, gpointer user_data)
{
  SessionWatch *watch = user_data;

  watch->last = *state;
  watch->n_calls++;
  watch->needed_hand = watch->needed_hand || state->needs_hand;
  if (state->needs_hand)
    watch->most_hand_seconds = MAX (watch->most_hand_seconds, state->hand_seconds);
  if (watch->cancellable != NULL && state->step == watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

UbTestWires *
session_new_wires (const UbFlashPart *part)
{
  g_autoptr (GBytes) content = ub_test_wires_make_content (64 * 1024);

  return ub_test_wires_new (part, content);
}

guint
session_count_resets (UbTestWires *wires)
{
  UbSimCounters counters;

  ub_sim_chip_get_counters (wires->chip, &counters);
  return counters.resets;
}

gint64
session_get_time (UbTestWires *wires)
{
  return ub_programmer_get_time (UB_PROGRAMMER (wires));
}

/* Whatever happened: closed once, CEN released, and the module out of download mode. */
void
session_assert_closed (UbTestWires *wires)
{
  g_assert_false (ub_programmer_is_open (UB_PROGRAMMER (wires)));
  g_assert_cmpuint (wires->n_closed, ==, wires->n_opened);
  g_assert_false (wires->is_reset);
  if (!wires->no_reset && !wires->cen_broken)
    g_assert_false (ub_sim_chip_is_in_download_mode (wires->chip));
}

gboolean
session_has_note (UbSession *session, const char *part)
{
  GPtrArray *notes = ub_session_get_notes (session);

  for (guint i = 0; i < notes->len; i++) {
    if (strstr (g_ptr_array_index (notes, i), part) != NULL)
      return TRUE;
  }
  return FALSE;
}
